-- What trackers learned from somebody's words goes with the words. Whoever erases a person marks the row of person; in the same
-- transaction go the vectors of the conversations they spoke in, what people clicked on their sentences, and every head learned from
-- examples, since its unjudged sentences may be anybody's. A head that is missing is trained anew by the next sweep.
CREATE FUNCTION tracker_unlearn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sentence_vectors s WHERE s.workspace_id = NEW.workspace_id AND s.interaction_id IN
        (SELECT p.interaction_id FROM participant p WHERE p.workspace_id = NEW.workspace_id AND p.person_id = NEW.id);
    DELETE FROM finding_feedback f USING turn t, participant p WHERE f.workspace_id = NEW.workspace_id AND f.tracker_id IS NOT NULL
        AND p.workspace_id = NEW.workspace_id AND p.person_id = NEW.id AND p.interaction_id = f.interaction_id
        AND t.workspace_id = NEW.workspace_id AND t.interaction_id = f.interaction_id AND t.ordinal <= f.turn
        AND f.turn < t.ordinal + cardinality(t.speaker) AND t.speaker[f.turn - t.ordinal + 1] = p.ordinal;
    UPDATE tracker SET head_sealed = NULL, version = version + 1 WHERE workspace_id = NEW.workspace_id AND kind = 1;
    IF FOUND THEN
        INSERT INTO tracker_state (workspace_id, generation) VALUES (NEW.workspace_id, 1)
            ON CONFLICT (workspace_id) DO UPDATE SET generation = tracker_state.generation + 1;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER person_erased AFTER UPDATE OF erased_at ON person FOR EACH ROW
    WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION tracker_unlearn();
