// A job that tries to lose, forge or misplace its output, and keeps account of every byte that it wrote.
//
//   hostile_job NUMBER SEED LEDGER
//
// Everything that it writes consists of one unit of 8 bytes for stdout ("0000017o") and one for stderr ("0000017e"), so
// that a byte under another job's name is seen. LEDGER is a file of `account`s, one a job, shared by its processes: a
// write is entered as intended before and as done after, so what a reader got lies between the two also if the writer
// was killed in between. Pipes break at multiples of 8: every write and every page is one.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

namespace {

struct account {
  std::atomic<std::uint64_t> began, has_daemon;
  std::atomic<std::uint64_t> intended[2], done[2];
};

account* books = nullptr;
std::string pieces[2];  // what is written: units of stdout and of stderr
std::mt19937_64 dice;

std::uint64_t roll(std::uint64_t sides) {
  return dice() % sides;
}

// Writes all, waiting where a descriptor was made non-blocking. False: it cannot be written to.
bool write_to(int file, int stream, std::size_t bytes) {
  books->intended[stream] += bytes;
  while (bytes > 0) {
    const ssize_t n = ::write(file, pieces[stream].data(), std::min(bytes, pieces[stream].size()));
    if (n > 0) {
      books->done[stream] += static_cast<std::uint64_t>(n);
      bytes -= static_cast<std::size_t>(n);
      continue;
    }
    pollfd ready{file, POLLOUT, 0};
    if (errno == EAGAIN && ::poll(&ready, 1, 10'000) > 0) continue;
    if (errno == EINTR) continue;
    books->intended[stream] -= bytes;
    return false;
  }
  return true;
}

std::size_t some_bytes() {
  static constexpr std::size_t sizes[] = {8, 64, 4088, 4096, 4104, 20'000, 65'528, 65'536, 65'544, 200'000};
  return sizes[roll(roll(4) == 0 ? 10 : 5)];
}

void write_anew(const char* name, int stream) {
  const int file = ::open(name, O_WRONLY | O_TRUNC | (roll(2) == 0 ? O_APPEND : 0));
  if (file < 0) return;
  write_to(file, stream, some_bytes());
  ::close(file);
}

void write_vector(int stream) {
  iovec parts[3];
  for (auto& part : parts) part = {pieces[stream].data(), 8 * (1 + roll(100))};
  const std::uint64_t all = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
  books->intended[stream] += all;
  const ssize_t n = ::writev(stream + 1, parts, 3);
  if (n > 0) books->done[stream] += static_cast<std::uint64_t>(n);
  books->intended[stream] -= all - (n > 0 ? static_cast<std::uint64_t>(n) : 0);
}

void spoil(int file) {
  switch (roll(6)) {
    case 0:
      if (::ftruncate(file, 0) == 0) ::_exit(90);
      break;
    case 1:
      if (::lseek(file, 0, SEEK_SET) == 0) ::_exit(91);
      break;
    case 2:
      ::fcntl(file, F_SETPIPE_SZ, roll(2) == 0 ? 4096 : 1 << 18);
      break;
    case 3:
      ::fcntl(file, F_SETFL, O_NONBLOCK);
      break;
    case 4:
      ::fcntl(file, F_SETFL, O_DIRECT);  // packets
      break;
    default:
      ::fcntl(file, F_SETFL, 0);
  }
}

// A process that outlives the job and writes on for up to 60 ms; sometimes without a trace of whose it was.
void leave_daemon() {
  books->has_daemon = 1;
  const bool forget = roll(3) == 0;
  const auto lines = 1 + roll(12);
  const int stream = static_cast<int>(roll(2));
  if (const pid_t middle = ::fork(); middle != 0) {
    if (roll(2) == 0) ::waitpid(middle, nullptr, 0);
    return;
  }
  if (forget) ::setsid();
  if (::fork() == 0) {
    ::signal(SIGPIPE, SIG_IGN);
    for (std::uint64_t i = 0; i < lines; ++i) {
      ::poll(nullptr, 0, static_cast<int>(roll(6)));
      write_to(stream + 1, stream, roll(8) == 0 ? some_bytes() : 8);
    }
  }
  ::_exit(0);
}

void write_by_a_child(int stream) {
  const auto bytes = some_bytes();
  if (const pid_t child = ::fork(); child == 0) {
    write_to(stream + 1, stream, bytes);
    ::_exit(0);
  } else if (child > 0) {
    ::waitpid(child, nullptr, 0);
  }
}

void act() {
  const int stream = static_cast<int>(roll(2));
  static constexpr const char* names[2][3] = {{"/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"},
                                              {"/dev/stderr", "/proc/self/fd/2", "/dev/fd/2"}};
  switch (roll(10)) {
    case 0:
    case 1:
    case 2:
      write_to(stream + 1, stream, some_bytes());
      break;
    case 3:
      write_anew(names[stream][roll(3)], stream);
      break;
    case 4:
      write_vector(stream);
      break;
    case 5:
      write_by_a_child(stream);
      break;
    case 6:
    case 7:
      spoil(stream + 1);
      break;
    case 8:
      ::poll(nullptr, 0, static_cast<int>(roll(5)));
      break;
    default:
      if (roll(8) == 0) ::close(stream + 1);
  }
}

// Most jobs exit; some die, and a few have to be ended.
int end() {
  switch (roll(40)) {
    case 0:
      ::raise(SIGKILL);
      break;
    case 1:
      ::raise(SIGTERM);
      break;
    case 2:
      ::signal(SIGTERM, SIG_IGN);
      ::pause();
      break;
    case 3:
      ::raise(SIGSTOP);
      break;
    case 4:
      return static_cast<int>(1 + roll(120));
    default:
      break;
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 89;
  const auto number = static_cast<unsigned>(std::atoi(words[1]));
  dice.seed(static_cast<std::uint64_t>(std::atoll(words[2])) * 1'000'003 + number);
  const int file = ::open(words[3], O_RDWR | O_CLOEXEC);
  const auto offset = number * sizeof(account);
  const auto page = offset / 4096 * 4096;
  void* const mapped = ::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, static_cast<off_t>(page));
  if (file < 0 || mapped == MAP_FAILED) return 88;
  books = reinterpret_cast<account*>(static_cast<char*>(mapped) + (offset - page));
  books->began = 1;
  for (int stream = 0; stream < 2; ++stream) {
    char unit[16];
    std::snprintf(unit, sizeof unit, "%07u%c", number, stream == 0 ? 'o' : 'e');
    for (int i = 0; i < 25'000; ++i) pieces[stream] += unit;
  }
  ::signal(SIGPIPE, SIG_IGN);  // a closed descriptor is no reason to end
  for (auto steps = roll(6); steps > 0; --steps) act();
  if (roll(6) == 0) leave_daemon();
  for (auto steps = roll(3); steps > 0; --steps) act();
  return end();
}
