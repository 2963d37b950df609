/* The child that reads one file: confines itself, parses, answers, ends. */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "formats/confine.h"
#include "formats/pdf.h"
#include "formats/sandbox_priv.h"
#include "formats/wire.h"

enum { INPUT_FD = 3, DATA_FD = 4, STACK_BYTES = 64 << 10 };
#define PROBE_BYTES ((size_t)64 << 20)
#define FRAME_MAX ((size_t)1 << 30)

static void write_all(const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        ssize_t put = write(DATA_FD, at, n);
        if (put < 0 && errno != EINTR)
            _exit(1);
        if (put > 0) {
            at += put;
            n -= (size_t)put;
        }
    }
}

static void read_all(void *p, size_t n)
{
    char *at = p;

    while (n > 0) {
        ssize_t got = read(DATA_FD, at, n);
        if (got == 0 || (got < 0 && errno != EINTR))
            _exit(1);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
}

static void frame_send(uint32_t type, str payload)
{
    struct wire_head h = {type, (uint32_t)payload.n};

    write_all(&h, sizeof(h));
    write_all(payload.p, payload.n);
}

/* Libraries abort when memory ends; a probe tells that from a crash. */
static void on_fatal(int sig)
{
    void *p = mmap(NULL, PROBE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    _exit(p == MAP_FAILED && confine_limits_memory() ? CHILD_MEMORY : CHILD_SIGNAL + sig);
}

static void fatal_signals_set(void)
{
    static char stack[STACK_BYTES];
    static const int signals[] = {SIGABRT, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    stack_t alt = {.ss_sp = stack, .ss_size = sizeof(stack)};
    struct sigaction act = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};
    size_t i;

    sigaltstack(&alt, NULL);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &act, NULL);
}

/* Asks the caller to have a PDF read, because a confined process starts nothing. */
static enum err_code pdf_ask(str pdf, struct arena *a, str *out_text, struct err *e)
{
    struct wire_head h;
    struct err said;
    char *text;

    frame_send(WIRE_PDF, pdf);
    read_all(&h, sizeof(h));
    if (h.bytes > FRAME_MAX || (h.type != WIRE_TEXT && h.type != WIRE_REFUSED))
        return err_set(e, ERR_INTERNAL, "unexpected answer to a PDF");
    text = arena_alloc(a, h.bytes);
    read_all(text, h.bytes);
    if (h.type == WIRE_TEXT) {
        *out_text = str_n(text, h.bytes);
        return ERR_OK;
    }
    if (wire_err_read(str_n(text, h.bytes), &said, e))
        return err_wrap(e, "PDF");
    return err_set(e, said.code ? said.code : ERR_INTERNAL, "%s", said.msg);
}

static void result_send(const struct format_result *r, const struct err *err)
{
    struct buf b;
    size_t i;

    buf_init(&b, FRAME_MAX);
    for (i = 0; i < r->items_n; i++) {
        buf_reset(&b);
        wire_item_write(&r->items[i], &b);
        if (!buf_ok(&b))
            _exit(CHILD_MEMORY);
        frame_send(WIRE_ITEM, buf_view(&b));
    }
    for (i = 0; i < r->crm_n; i++) {
        buf_reset(&b);
        wire_crm_write(&r->crm[i], &b);
        if (!buf_ok(&b))
            _exit(CHILD_MEMORY);
        frame_send(WIRE_CRM, buf_view(&b));
    }
    for (i = 0; i < r->problems_n + r->notices_n; i++) {
        bool notice = i >= r->problems_n;
        buf_reset(&b);
        wire_note_write(notice ? &r->notices[i - r->problems_n] : &r->problems[i], notice, &b);
        frame_send(WIRE_NOTE, buf_view(&b));
    }
    buf_reset(&b);
    wire_err_write(err, &b);
    frame_send(WIRE_DONE, buf_view(&b));
}

/* Large libraries want tables that a plain reader has not. */
static void plain_only(const struct format_ops *ops)
{
    if (ops->flags & FORMAT_SANDBOX)
        _exit(CHILD_TABLES);
}

_Noreturn void sandbox_child_run(const struct sandbox_request *r, int input_fd, int data_fd)
{
    struct confine_limits limits = {r->memory_bytes, r->cpu_s};
    struct format_input in = {.name = str_n(r->name, r->name_n)};
    struct format_result result = {0};
    struct err err = {0};
    struct arena *a;
    void *bytes;

    /* Both above the wanted numbers already (the nursery keeps 0 to 3), but not in a known order. */
    if (input_fd == DATA_FD)
        input_fd = dup(input_fd);
    if (input_fd < 0 || dup2(data_fd, DATA_FD) < 0 || dup2(input_fd, INPUT_FD) < 0)
        _exit(CHILD_UNCONFINED);
    bytes = r->bytes ? mmap(NULL, r->bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, INPUT_FD, 0) : NULL;
    if (bytes == MAP_FAILED)
        _exit(CHILD_MEMORY);
    in.bytes = str_n(bytes ? bytes : "", r->bytes);
    fatal_signals_set();
    pdf_text_set(pdf_ask);
    format_before_set(r->what == SANDBOX_PLAIN ? plain_only : NULL);
    if (confine_enter(CONFINE_PARSER, &limits))
        _exit(CHILD_UNCONFINED);
    close_range(DATA_FD + 1, ~0u, 0);
    a = arena_new("parser");
    format_parse(&in, a, &result, &err);
    result_send(&result, &err);
    _exit(0);
}
