/* store/test_home.h - a throw-away HARKEN_HOME with key ring, running cluster, schema and workspace, for tests. */
#pragma once
#include "store/cluster.h"
#include "store/db.h"
#include "vault/keyring.h"

struct test_home {
    char dir[256], pg[300], keys[300];
    struct cluster *cluster;
    struct keyring *keyring;
    struct db *db;
    struct id workspace;
};
/* Ends the program with a message when anything fails. */
void test_home_new(struct test_home *h);
void test_home_up(struct test_home *h); /* opens again what test_home_down closed */
void test_home_down(struct test_home *h);
void test_home_free(struct test_home *h); /* removes the folder */
/* Runs SQL as the superuser; returns the first column of the first row as text in `out`, "" when there is none. */
void test_home_sql(struct test_home *h, const char *sql, char *out, size_t cap);
