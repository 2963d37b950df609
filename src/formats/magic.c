/* formats/magic.c - see magic.h. Signatures are those of the formats' own specifications. */
#include "formats/magic.h"

#include "formats/charset.h"

struct signature {
    uint16_t at;
    uint16_t n;
    const char *bytes;
    const char *name;
};

#define SIG(at, bytes, name) {at, sizeof(bytes) - 1, bytes, name}

static const struct signature signatures[] = {
    SIG(0, "\x89PNG\r\n\x1a\n", "PNG image"),
    SIG(0, "\xff\xd8\xff", "JPEG image"),
    SIG(0, "GIF87a", "GIF image"),
    SIG(0, "GIF89a", "GIF image"),
    SIG(0, "II*\0", "TIFF image"),
    SIG(0, "MM\0*", "TIFF image"),
    SIG(8, "WEBP", "WebP image"),
    SIG(8, "WAVE", "WAV audio"),
    SIG(8, "AVI ", "AVI video"),
    SIG(0, "ID3", "MP3 audio"),
    SIG(0, "\xff\xfb", "MP3 audio"),
    SIG(0, "\xff\xf3", "MP3 audio"),
    SIG(0, "\xff\xf1", "AAC audio"),
    SIG(0, "\xff\xf9", "AAC audio"),
    SIG(0, "fLaC", "FLAC audio"),
    SIG(0, "OggS", "Ogg audio or video"),
    SIG(0, "#!AMR", "AMR audio"),
    SIG(4, "ftypM4A", "M4A audio"),
    SIG(4, "ftyp", "MP4 video or audio"),
    SIG(0, "\x1a\x45\xdf\xa3", "Matroska or WebM video"),
    SIG(0, "FLV\x01", "Flash video"),
    SIG(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media audio or video"),
    SIG(0, "\x1f\x8b", "gzip archive: unpack it first"),
    SIG(0, "BZh", "bzip2 archive: unpack it first"),
    SIG(0,
        "\xfd"
        "7zXZ",
        "xz archive: unpack it first"),
    SIG(0, "\x28\xb5\x2f\xfd", "Zstandard archive: unpack it first"),
    SIG(0, "7z\xbc\xaf\x27\x1c", "7-Zip archive: unpack it first"),
    SIG(0, "Rar!\x1a\x07", "RAR archive: unpack it first"),
    SIG(257, "ustar", "tar archive: unpack it first"),
    SIG(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Microsoft Office or Outlook file: save it as DOCX, PDF or EML"),
    SIG(0, "{\\rtf", "RTF document: save it as DOCX or PDF"),
    SIG(0, "%!PS", "PostScript document: save it as PDF"),
    SIG(0, "%PDF", "PDF document"),
    SIG(0,
        "\x7f"
        "ELF",
        "program"),
    SIG(0, "MZ", "Windows program"),
    SIG(0, "SQLite format 3", "SQLite database"),
    SIG(0, "PGDMP", "PostgreSQL dump"),
    SIG(0, "GGUF", "GGUF model"),
    SIG(0, "\xca\xfe\xba\xbe", "Java class or Mac program"),
    SIG(0, "wOFF", "font"),
    SIG(0, "wOF2", "font"),
    SIG(0, "\0asm", "WebAssembly program"),
};

static bool head_has(str bytes, const char *needle)
{
    return str_contains(str_sub(bytes, 0, CHARSET_HEAD_MAX), str_of(needle));
}

/* Office files are ZIP archives; the folder names inside tell them apart. */
static const char *zip_name(str bytes)
{
    if (head_has(bytes, "xl/"))
        return "Excel workbook: save it as CSV";
    if (head_has(bytes, "ppt/"))
        return "PowerPoint presentation: save it as PDF";
    if (head_has(bytes, "word/"))
        return "Word document";
    if (head_has(bytes, "mimetypeapplication/vnd.oasis"))
        return "OpenDocument file: save it as DOCX or PDF";
    if (head_has(bytes, "mimetypeapplication/epub"))
        return "EPUB book";
    return "ZIP archive: unpack it first";
}

const char *magic_binary(str bytes)
{
    if (str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("PK\x05\x06")))
        return zip_name(bytes);
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const struct signature *s = &signatures[i];

        if (bytes.n >= (size_t)s->at + s->n && memcmp(bytes.p + s->at, s->bytes, s->n) == 0)
            return s->name;
    }
    return NULL;
}

const char *magic_machine_text(str head)
{
    str s = str_trim(head), line = str_cut(s, '\n', &(str){0});

    if (str_starts_nocase(s, STR("BEGIN:VCALENDAR")))
        return "calendar file: it comes in with the mail it was attached to";
    if (str_starts_nocase(s, STR("BEGIN:VCARD")))
        return "address card (vCard)";
    if (str_starts(line, STR("SPEAKER ")) && str_contains(line, STR("<NA>")))
        return "speaker times without words (RTTM)";
    if (str_starts_nocase(s, STR("BEGIN TRANSACTION;")) || str_starts_nocase(s, STR("CREATE TABLE ")) ||
        str_starts(s, STR("-- PostgreSQL database dump")) || str_starts(s, STR("-- MySQL dump")) ||
        str_starts_nocase(s, STR("PRAGMA foreign_keys")))
        return "SQL dump: records come in through a connector or as CSV";
    if (str_starts(s, STR("<?xml")) && str_find_nocase(str_sub(s, 0, 1024), STR("<html"), 0) == SIZE_MAX)
        return "XML file";
    if (str_starts(s, STR("#!/")))
        return "program";
    if (str_starts(s, STR("-----BEGIN ")))
        return "key or certificate";
    return NULL;
}

bool magic_not_text(str bytes)
{
    size_t n = bytes.n < CHARSET_HEAD_MAX ? bytes.n : CHARSET_HEAD_MAX, bad = 0;
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(bytes, scratch);

    if (head.p == scratch) { /* UTF-16 or UTF-32: judge what it says */
        bytes = head;
        n = head.n;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];

        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B) || c == 0x7F)
            bad++;
    }
    return bad * 20 > n;
}
