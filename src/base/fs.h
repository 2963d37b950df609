/* base/fs.h - small file helpers. Paths are NUL-terminated. All may block. */
#pragma once
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Reads a whole regular file of at most max bytes; ERR_LIMIT beyond, ERR_NOT_FOUND when missing. Memory in `a`. */
enum err_code fs_read(const char *path, size_t max, struct arena *a, str *out, struct err *e);
enum err_code fs_read_fd(int fd, size_t max, struct buf *out, struct err *e); /* until end of file */
/* Writes temp file, fsync, rename, fsync of the folder: the old or the new content, never a torn one. `mode` whatever the umask. */
enum err_code fs_write_atomic(const char *path, str bytes, mode_t mode, struct err *e);
enum err_code fs_mkdirs(const char *path, mode_t mode,
                        struct err *e); /* like mkdir -p; existing ones keep their mode, new ones get it */
enum err_code fs_write_all(int fd, str bytes, struct err *e);
bool fs_read_all(int fd, void *to, size_t n); /* exactly n bytes; false at an earlier end or an error */
bool fs_exists(const char *path);
str fs_join(struct arena *a, str dir, str name); /* one slash between; NUL-terminated behind its length */
