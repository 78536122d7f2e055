/*
 * Topic id-token from C: the same check through the C interface. Arguments: issuer, client_id, jwks, nonce, access token,
 * now in seconds, token. The Rust baseline runs right before each sample, in its own process; the ratio is the pair's.
 */
#define _POSIX_C_SOURCE 200809L
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, CALLS = 1500 };

static double on_cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double baseline(void)
{
    char command[4096];
    double value = 0;
    FILE *said;

    snprintf(command, sizeof command, "%s --baseline", getenv("BASELINE"));
    said = popen(command, "r");
    if (said == NULL || fscanf(said, "%lf", &value) != 1 || pclose(said) != 0)
        exit(1);
    return value;
}

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    int round, call, rounds = getenv("QUICK") != NULL && *getenv("QUICK") != '\0' ? 2 : ROUNDS;
    double values[ROUNDS], ratios[ROUNDS];
    sas_psc_id_token_check *check = NULL;

    if (argc != 8 || sas_psc_id_token_check_new(argv[1], argv[2], argv[3], strlen(argv[3]), &check, NULL) != 0
        || sas_psc_id_token_check_set_acr(check, "eidas1", NULL) != 0)
        return 1;
    for (round = 0; round < rounds; round++) {
        double base = baseline(), start = on_cpu();
        for (call = 0; call < CALLS; call++) {
            sas_psc_verified_id_token *verified = NULL;
            if (sas_psc_id_token_check_verify(check, argv[7], argv[4], argv[5], atoll(argv[6]) * 1000, &verified, NULL))
                return 1;
            sas_psc_verified_id_token_free(verified);
        }
        values[round] = (on_cpu() - start) / CALLS;
        ratios[round] = values[round] / base;
    }
    sas_psc_id_token_check_free(check);
    qsort(values, rounds, sizeof *values, ascending);
    qsort(ratios, rounds, sizeof *ratios, ascending);
    printf("{\"topic\":\"id-token\",\"case\":\"sas-psc from C, every claim\",\"value\":%f,\"unit\":\"µs\","
           "\"ratio_to\":\"raw verify, aws-lc-rs\",\"ratio\":%f,\"spread\":[%f,%f],\"most\":1.17}\n",
           values[rounds / 2], ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
    return 0;
}
