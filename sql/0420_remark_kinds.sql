-- A remark may also ask the others for feedback, or say that its author pointed somebody to the place by a link.
ALTER TABLE remark ADD COLUMN kind smallint NOT NULL DEFAULT 0; -- enum remark_kind of records/coaching.h
