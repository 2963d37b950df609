-- Which kind of warning a verdict spoke of: precision is counted by kind, over the whole workspace.
ALTER TABLE warning_verdict ADD COLUMN warning smallint;
UPDATE warning_verdict v SET warning = w.warning FROM deal_warning w WHERE w.workspace_id = v.workspace_id AND w.id = v.warning_id;
CREATE INDEX warning_verdict_kind ON warning_verdict (workspace_id, warning, rightly);
