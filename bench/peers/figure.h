/*
 * What both peer harnesses share: CPU time, the median of several batches, one JSON line for each figure, and the
 * bytes in flight between two ends in one process.
 */
#ifndef SELVAGE_BENCH_FIGURE_H
#define SELVAGE_BENCH_FIGURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { batches = 7 };

/* The harness name of the library and its version, such as "OpenSSL 3.0.22". */
static const char *peer_name;

/* CPU seconds of this process, user and system. */
static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int ascending(const void *a, const void *b)
{
    double difference = *(const double *) a - *(const double *) b;
    return (difference > 0) - (difference < 0);
}

/*
 * Does `work` `count` times a batch and prints the median CPU time of one. `scale` makes it `unit` from seconds. Work that
 * fails returns other than zero, and the harness ends: a figure of something that did not happen is worse than none.
 */
static void print_figure(const char *figure, const char *unit, double scale, int count, int (*work)(void *), void *context)
{
    double times[batches];
    for (int batch = -1; batch < batches; batch++) {
        double begun = cpu_seconds();
        for (int i = 0; i < count; i++) {
            int failure = work(context);
            if (failure != 0) {
                fprintf(stderr, "%s: %s failed: %d\n", peer_name, figure, failure);
                exit(1);
            }
        }
        if (batch >= 0) { /* the first batch only warms the caches */
            times[batch] = (cpu_seconds() - begun) / count * scale;
        }
    }
    qsort(times, batches, sizeof times[0], ascending);
    printf("{\"figure\":\"%s\",\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"n\":%d}\n",
           figure, peer_name, times[batches / 2], unit, count * batches);
    fflush(stdout);
}

/* Whether the figure begins with the prefix that the command line gave, if it gave one. */
static int is_wanted(int argc, char **argv, const char *figure)
{
    return argc < 2 || strncmp(figure, argv[1], strlen(argv[1])) == 0;
}

#endif
