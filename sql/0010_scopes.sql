-- Scopes are bits of named permissions now (gateway/roles.def): what was given out under the old meaning is void. The command
-- line's token is made anew at every start.
TRUNCATE token;
