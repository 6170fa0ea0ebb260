// A wall clock that a test moves: preloaded into a program, it adds what stands in the file TRIAL_CLOCK names (an
// int64 of nanoseconds) to every wall time that the program reads. Timers go by the steady clock, which stays as it is.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { kBillion = 1000000000 };

typedef int (*Read)(clockid_t, struct timespec*);

static Read read_clock;
static const volatile int64_t* offset;

__attribute__((constructor)) static void Open(void) {
  read_clock = (Read)dlsym(RTLD_NEXT, "clock_gettime");
  const char* path = getenv("TRIAL_CLOCK");
  const int file = path == NULL ? -1 : open(path, O_RDONLY);
  if (file < 0) return;
  void* page = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) offset = page;
  close(file);
}

int clock_gettime(clockid_t id, struct timespec* time) {
  // Whoever asks before the constructor has run.
  if (read_clock == NULL) read_clock = (Read)dlsym(RTLD_NEXT, "clock_gettime");
  const int result = read_clock(id, time);
  if (result != 0 || offset == NULL || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return result;
  const int64_t moved = time->tv_nsec + *offset % kBillion + kBillion;
  time->tv_sec += *offset / kBillion + moved / kBillion - 1;
  time->tv_nsec = moved % kBillion;
  return 0;
}

time_t time(time_t* result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}
