-- A deal that is made here is somebody's from the start: whoever remembers what people may see hears of it, as when it changes hands.
CREATE TRIGGER access_made AFTER INSERT ON deal
    FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION harken_access_told();
