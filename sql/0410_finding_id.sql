-- A finding is named by an id made of its conversation and its number in it: this finds it.
CREATE INDEX finding_id ON finding (workspace_id, (md5(interaction_id::text || '.' || ordinal::text)::uuid));
