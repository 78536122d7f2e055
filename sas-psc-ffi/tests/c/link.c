/*
 * Every case of vectors/link and vectors/life: what a first sign-in means for accounts that exist already, as Rust and Python say; then a plan
 * over a small base. The cases come as lines (tests/lines.rs): name, person, accounts, trusted origins, decision or code, and
 * of the decision: account, by, renumbered.
 */
#include <sas_psc.h>
#include "cases.h"

static void has(const char *name, const char *json, const char *member, const char *value, bool text)
{
    char wanted[400];

    if (value == NULL)
        return;
    snprintf(wanted, sizeof wanted, text ? "\"%s\":\"%s\"" : "\"%s\":%s", member, value);
    if (strstr(json, wanted) == NULL)
        fault(name, wanted);
}

static void decision(char **f)
{
    sas_psc_error *error = NULL;
    sas_psc_userinfo *info = NULL;
    sas_psc_professional *person = NULL;
    sas_psc_string *found = NULL;
    bool bad;

    if (sas_psc_userinfo_parse(f[1], strlen(f[1]), &info, NULL) != 0 || sas_psc_userinfo_professional(info, &person, NULL) != 0)
        fault(f[0], "person");
    bad = strcmp(f[4], "link-accounts-unreadable") == 0;
    sas_psc_link_decide(person, f[2], f[3], &found, &error);
    if (as_expected(f[0], bad ? f[4] : "ok", NULL, error)) {
        has(f[0], sas_psc_string_data(found), "decision", f[4], true);
        has(f[0], sas_psc_string_data(found), "account", f[5], true);
        has(f[0], sas_psc_string_data(found), "by", f[6], true);
        has(f[0], sas_psc_string_data(found), "renumbered", f[7], false);
    }
    sas_psc_string_free(found);
    sas_psc_professional_free(person);
    sas_psc_userinfo_free(info);
}

static void judged(const sas_psc_link_plan *plan, const char *account, const char *numbers, const char *people, const char *wanted)
{
    sas_psc_string *result = NULL;

    if (sas_psc_link_plan_judge(plan, account, numbers, people, &result, NULL) != 0
        || !same(sas_psc_string_data(result), wanted))
        fault(account, wanted);
    sas_psc_string_free(result);
}

static void plan(void)
{
    sas_psc_link_plan *plan = NULL;

    CHECK("plan", sas_psc_link_plan_new(&plan, NULL) == 0);
    CHECK("plan", sas_psc_link_plan_see(plan, "1", "99700218896", NULL) == 0);
    CHECK("plan", sas_psc_link_plan_see(plan, "2", "0B6087510\n99700245667", NULL) == 0);
    CHECK("plan", sas_psc_link_plan_see(plan, "3", "899700245667", NULL) == 0);
    CHECK("plan", sas_psc_link_plan_see(plan, "4", "", NULL) == 0);
    CHECK("plan", sas_psc_link_plan_see(plan, "4", "", NULL) == SAS_PSC_ERROR_PLAN_ACCOUNT_TWICE);
    CHECK("plan", sas_psc_link_plan_see(plan, "", "", NULL) == SAS_PSC_ERROR_PLAN_ACCOUNT_MISSING);
    judged(plan, "1", "99700218896", NULL, "linked");
    judged(plan, "1", "99700218896", "899700218896", "linked");
    judged(plan, "1", "99700218896", "", "unknown");
    judged(plan, "2", "0B6087510\n99700245667", NULL, "ambiguous");
    judged(plan, "3", "899700245667", NULL, "ambiguous");
    judged(plan, "4", "", NULL, "unknown");
    judged(plan, "1", "99700218897", NULL, "wrong-number");
    sas_psc_link_plan_free(plan);
}

/* name, life, rules, now, answer or code */
static void life(char **f)
{
    sas_psc_error *error = NULL;
    sas_psc_string *due = NULL;
    bool bad = f[4][0] != '{';

    sas_psc_life_due(f[1], f[2], strtoll(f[3], NULL, 10), &due, &error);
    if (as_expected(f[0], bad ? f[4] : "ok", bad ? sas_psc_error_fact_word(error, "field") : NULL, error)
        && !same(sas_psc_string_data(due), f[4]))
        fault(f[0], sas_psc_string_data(due));
    sas_psc_string_free(due);
}

static void export(void)
{
    sas_psc_string *file = NULL;

    CHECK("export", sas_psc_export("{\"service\":\"SAS\"}", 0, &file, NULL) == 0);
    CHECK("export", strstr(sas_psc_string_data(file), "\"sas-psc person export v1\"") != NULL);
    sas_psc_string_free(file);
    CHECK("export", sas_psc_export("{\"emails\":[]}", 0, &file, NULL) == SAS_PSC_ERROR_EXPORT_MEMBER);
}

int main(int argc, char **argv)
{
    int cases, lives;

    if (argc != 3)
        return 2;
    cases = each_case(argv[1], decision);
    lives = each_case(argv[2], life);
    plan();
    export();
    printf("%d links, %d lives, %d wrong\n", cases, lives, wrong);
    return wrong != 0;
}
