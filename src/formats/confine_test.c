#include "formats/confine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/test_build.h"

/* What a confined process may not do: each runs in a child of its own; the answer is its exit code, 0 for "it worked". */
static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 1;
}

static int try_write(void)
{
    return open("/tmp/harken-confine-test", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : 1;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

static int try_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

static int try_fork(void)
{
    return fork() >= 0 ? 0 : 1;
}

static int try_exec(void)
{
    char *const argv[] = {(char *)"true", NULL};
    execv("/bin/true", argv);
    return 1;
}

static int try_ptrace(void)
{
    return syscall(SYS_ptrace, 16, getppid(), 0, 0) == 0 ? 0 : 1;
}

static int try_kill(void)
{
    return kill(getppid(), 0) == 0 ? 0 : 1;
}

static int try_run_memory(void)
{
    return syscall(SYS_mmap, NULL, 4096, 7, 0x22, -1, 0) != -1 ? 0 : 1;
}

static bool works(int (*act)(void), enum confine_profile profile)
{
    struct confine_limits limits = {(size_t)512 << 20, 10};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (profile != CONFINE_PROFILES && confine_enter(profile, &limits))
            _exit(99);
        _exit(act());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_not_equal(WEXITSTATUS(status), 99);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void a_confined_process_can_do_nothing_but_compute(void **state)
{
    static const struct {
        const char *name;
        int (*act)(void);
        bool program_too; /* also refused for pdftotext */
    } acts[] = {
        {"open", try_open, true},
        {"write a file", try_write, true},
        {"internet socket", try_socket, true},
        {"unix socket", try_unix_socket, true},
        {"fork", try_fork, true},
        {"run a program", try_exec, true},
        {"ptrace", try_ptrace, true},
        {"kill", try_kill, true},
        {"memory that runs", try_run_memory, false},
    };
    struct err e;
    size_t i;

    (void)state;
    assert_int_equal(confine_prepare(&e), ERR_OK);
    for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (works(acts[i].act, CONFINE_PARSER))
            fail_msg("a parser may %s", acts[i].name);
        if (acts[i].program_too && confine_has_landlock() && works(acts[i].act, CONFINE_PROGRAM))
            fail_msg("a program may %s", acts[i].name);
    }
    assert_true(works(try_open, CONFINE_PROFILES)); /* the trials themselves can succeed */
    assert_true(works(try_socket, CONFINE_PROFILES));
    assert_true(works(try_exec, CONFINE_PROFILES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_confined_process_can_do_nothing_but_compute)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
