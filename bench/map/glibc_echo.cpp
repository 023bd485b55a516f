// The job of the map benchmark as a static program of the C library: checks its argument as checked_echo does, prints
// it.
#include <string.h>
#include <unistd.h>

int main(int count, char** words) {
  if (count != 2 || strncmp(words[1], "job-", 4) != 0) return 1;
  const size_t length = strlen(words[1]);
  if (length == 4 || strspn(words[1] + 4, "0123456789") != length - 4) return 1;
  words[1][length] = '\n';
  return write(1, words[1], length + 1) == static_cast<ssize_t>(length + 1) ? 0 : 1;
}
