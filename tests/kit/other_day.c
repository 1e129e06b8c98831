/* Loaded before libc (LD_PRELOAD), it moves the date by OTHER_DAY days, and nothing else: what waits
   for so many seconds waits for as many, as it does not under libfaketime. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static time_t offset(void) {
    const char *days = getenv("OTHER_DAY");
    return days ? atol(days) * 86400 : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int status = REAL(clock_gettime)(clock, now);
    if (!status && clock == CLOCK_REALTIME) now->tv_sec += offset();
    return status;
}

int gettimeofday(struct timeval *now, void *zone) {
    int status = REAL(gettimeofday)(now, zone);
    if (!status) now->tv_sec += offset();
    return status;
}

time_t time(time_t *now) {
    time_t moved = REAL(time)(NULL) + offset();
    if (now) *now = moved;
    return moved;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    struct timespec real = {until->tv_sec - offset(), until->tv_nsec};
    return REAL(sem_timedwait)(semaphore, &real);
}
