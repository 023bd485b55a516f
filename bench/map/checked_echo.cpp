// The job of the map benchmark: checks that its one argument is "job-" and digits, prints it, and ends. No library and
// no start-up code, so that what is timed is the starting of it. Exit code 1: wrong argument.
namespace {

#if defined(__x86_64__)
constexpr long write_number = 1, exit_number = 60;
long system_call(long number, long a, long b, long c) {
  long result = 0;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
asm(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call checked_echo\n");
#elif defined(__aarch64__)
constexpr long write_number = 64, exit_number = 93;
long system_call(long number, long a, long b, long c) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}
asm(".globl _start\n_start:\n mov x0, sp\n bl checked_echo\n");
#endif

long checked_length(const char* text) {
  const char* expected = "job-";
  long length = 0;
  for (; expected[length] != '\0'; ++length) {
    if (text[length] != expected[length]) return 0;
  }
  for (; text[length] != '\0'; ++length) {
    if (text[length] < '0' || text[length] > '9') return 0;
  }
  return length;
}

}  // namespace

/// `stack` is where the kernel puts argc and argv.
extern "C" [[noreturn]] void checked_echo(long* stack) {
  auto** words = reinterpret_cast<char**>(stack + 1);
  const long length = stack[0] == 2 ? checked_length(words[1]) : 0;
  long written = 0;
  if (length > 0) {
    words[1][length] = '\n';
    written = system_call(write_number, 1, reinterpret_cast<long>(words[1]), length + 1);
  }
  for (;;) system_call(exit_number, length > 0 && written == length + 1 ? 0 : 1, 0, 0);
}
