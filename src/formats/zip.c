#include "formats/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"

enum { BLOCK_BYTES = 1 << 16, SNIFF_BYTES = 1 << 16 };

static bool name_is_safe(str name)
{
    str rest = name, step;

    if (name.n == 0 || name.p[0] == '/' || name.p[0] == '\\' || (name.n > 1 && name.p[1] == ':'))
        return false;
    while (rest.n > 0) {
        step = str_cut(rest, '/', &rest);
        if (str_eq(step, STR("..")) || str_contains(step, STR("..\\")))
            return false;
    }
    return true;
}

static enum err_code member_check(struct archive_entry *entry, str *name, struct err *e)
{
    const char *cz = archive_entry_pathname(entry);

    *name = str_of(cz);
    if (!name_is_safe(*name))
        return err_set(e, ERR_INVALID, "the archive holds a file with a forbidden name (absolute or climbing path)");
    if (archive_entry_symlink(entry) || archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
        return err_set(e, ERR_INVALID, "the archive holds a link");
    return ERR_OK;
}

/* *total counts over all members. */
static enum err_code member_read(struct archive *ar, size_t archive_bytes, size_t *total, struct buf *out,
                                 struct err *e)
{
    for (;;) {
        char *to = buf_room(out, BLOCK_BYTES);
        la_ssize_t got;

        if (!to)
            return err_set(e, ERR_LIMIT, "unpacks to more than %zu MiB", ZIP_TOTAL_MAX >> 20);
        got = archive_read_data(ar, to, BLOCK_BYTES);
        if (got == 0)
            return ERR_OK;
        if (got < 0)
            return err_set(e, ERR_INVALID, "damaged archive: %.120s", archive_error_string(ar));
        out->n += (size_t)got;
        *total += (size_t)got;
        if (*total > ZIP_TOTAL_MAX)
            return err_set(e, ERR_LIMIT, "unpacks to more than %zu MiB", ZIP_TOTAL_MAX >> 20);
        if (*total > ZIP_FREE_BYTES && *total / ZIP_RATIO_MAX > archive_bytes)
            return err_set(e, ERR_LIMIT, "unpacks to more than %d times its size", ZIP_RATIO_MAX);
    }
}

static enum err_code members_read(struct archive *ar, str bytes, bool (*want)(str), struct arena *a, struct zip *out,
                                  struct err *e)
{
    struct archive_entry *entry;
    size_t total = 0, seen = 0;
    struct buf b;
    enum err_code code = ERR_OK;
    int rc;

    buf_init_wiped(&b, ZIP_TOTAL_MAX + BLOCK_BYTES);
    while (!code && (rc = archive_read_next_header(ar, &entry)) != ARCHIVE_EOF) {
        str name;

        if (rc < ARCHIVE_WARN)
            code = err_set(e, ERR_INVALID, "damaged archive: %.120s", archive_error_string(ar));
        else if (++seen > ZIP_MEMBERS_MAX)
            code = err_set(e, ERR_LIMIT, "the archive holds more than %d files", ZIP_MEMBERS_MAX);
        else if (!(code = member_check(entry, &name, e)) && want(name)) {
            if (archive_entry_is_encrypted(entry)) {
                code = err_set(e, ERR_DENIED, "the archive is encrypted: save it without a password");
                break;
            }
            buf_reset(&b);
            code = member_read(ar, bytes.n, &total, &b, e);
            if (!code)
                ARENA_PUSH(a, out->at, out->n, out->cap) =
                    (struct zip_member){str_dup(a, name), str_dup(a, buf_view(&b))};
        }
    }
    buf_done(&b);
    return code;
}

enum err_code zip_read(str bytes, bool (*want)(str name), struct arena *a, struct zip *out, struct err *e)
{
    struct archive *ar = archive_read_new();
    enum err_code code;

    if (!ar)
        return err_set(e, ERR_MEMORY, "no memory for the archive reader");
    *out = (struct zip){0};
    archive_read_support_format_zip_seekable(ar);
    if (archive_read_open_memory(ar, bytes.p, bytes.n) != ARCHIVE_OK)
        code = err_set(e, ERR_INVALID, "damaged archive: %.120s", archive_error_string(ar));
    else
        code = members_read(ar, bytes, want, a, out, e);
    archive_read_free(ar);
    return code;
}

const struct zip_member *zip_find(const struct zip *z, str name)
{
    size_t i;

    for (i = 0; i < z->n; i++)
        if (str_eq(z->at[i].name, name))
            return &z->at[i];
    return NULL;
}

bool zip_smells_of(str bytes, const char *prefix)
{
    str p = str_of(prefix);

    if (!str_starts(bytes, STR("PK\x03\x04")))
        return false;
    if (str_find(str_sub(bytes, 0, SNIFF_BYTES), p, 0) != SIZE_MAX)
        return true;
    return bytes.n > SNIFF_BYTES && str_find(str_from(bytes, bytes.n - SNIFF_BYTES), p, 0) != SIZE_MAX;
}
