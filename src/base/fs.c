#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err_code too_large(size_t max, struct err *e)
{
    if (max >= 1 << 20 && max % (1 << 20) == 0)
        return err_set(e, ERR_LIMIT, "larger than %zu MiB", max >> 20);
    return err_set(e, ERR_LIMIT, "larger than %zu bytes", max);
}

enum err_code fs_read_fd(int fd, size_t max, struct buf *out, struct err *e)
{
    for (;;) {
        char *room;
        size_t left = max - out->n, want = left < 65536 ? left + 1 : 65536;
        ssize_t n;

        room = buf_room(out, want);
        if (!room)
            return too_large(max, e);
        n = read(fd, room, want);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return err_errno(e, errno, "read");
        }
        if (n == 0)
            return ERR_OK;
        out->n += (size_t)n;
        if (out->n > max)
            return too_large(max, e);
    }
}

enum err_code fs_read(const char *path, size_t max, struct arena *a, str *out, struct err *e)
{
    struct stat st;
    size_t at = 0;
    char *p;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum err_code rc = ERR_OK;

    if (fd < 0)
        return err_errno(e, errno, "open");
    if (fstat(fd, &st) < 0) {
        rc = err_errno(e, errno, "stat");
    } else if (!S_ISREG(st.st_mode)) {
        rc = err_set(e, ERR_INVALID, "not a regular file");
    } else if ((uint64_t)st.st_size > max) {
        rc = too_large(max, e);
    } else {
        size_t size = (size_t)st.st_size;
        p = arena_alloc(a, size + 1);
        while (at < size) {
            ssize_t n = read(fd, p + at, size - at);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                rc = err_errno(e, errno, "read");
            if (n <= 0)
                break;
            at += (size_t)n;
        }
        if (!rc)
            *out = str_n(p, at);
    }
    close(fd);
    return rc;
}

enum err_code fs_write_all(int fd, str bytes, struct err *e)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(e, errno, "write");
        bytes = str_from(bytes, (size_t)n);
    }
    return ERR_OK;
}

bool fs_read_all(int fd, void *to, size_t n)
{
    char *p = to;

    while (n) {
        ssize_t k = read(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static enum err_code dir_sync(const char *path, struct err *e)
{
    char dir[4096];
    const char *slash = strrchr(path, '/');
    int fd;

    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + (slash == path) : 1, slash ? path : ".");
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, errno, "open folder");
    if (fsync(fd) < 0) {
        int was = errno;
        close(fd);
        return err_errno(e, was, "sync folder");
    }
    close(fd);
    return ERR_OK;
}

enum err_code fs_write_atomic(const char *path, str bytes, mode_t mode, struct err *e)
{
    char tmp[4096];
    enum err_code rc;
    int fd;

    if (snprintf(tmp, sizeof tmp, "%s.%d.tmp", path, (int)getpid()) >= (int)sizeof tmp)
        return err_set(e, ERR_LIMIT, "path is too long");
    fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return err_errno(e, errno, "create");
    rc = fchmod(fd, mode) < 0 ? err_errno(e, errno, "set mode") : fs_write_all(fd, bytes, e);
    if (!rc && fsync(fd) < 0)
        rc = err_errno(e, errno, "sync");
    close(fd);
    if (!rc && rename(tmp, path) < 0)
        rc = err_errno(e, errno, "rename");
    if (rc) {
        unlink(tmp);
        return rc;
    }
    return dir_sync(path, e);
}

enum err_code fs_mkdirs(const char *path, mode_t mode, struct err *e)
{
    char tmp[4096];
    size_t n = strlen(path);

    if (n + 1 > sizeof tmp)
        return err_set(e, ERR_LIMIT, "path is too long");
    memcpy(tmp, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (tmp[i] != '/' && tmp[i] != 0)
            continue;
        tmp[i] = 0;
        if (mkdir(tmp, mode) == 0) {
            if (chmod(tmp, mode) < 0) /* whatever the umask takes away */
                return err_errno(e, errno, "set mode of folder");
        } else if (errno != EEXIST) {
            return err_errno(e, errno, "make folder");
        }
        if (i < n)
            tmp[i] = '/';
    }
    return ERR_OK;
}

bool fs_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

str fs_join(struct arena *a, str dir, str name)
{
    bool slash = dir.n && dir.p[dir.n - 1] == '/';
    return str_fmt(a, "%.*s%s%.*s", STR_ARG(dir), slash || !dir.n ? "" : "/", STR_ARG(name));
}
