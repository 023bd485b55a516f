#include "cmd/braid/help.hpp"

namespace braid::cmd {

std::string_view map_help() {
  return R"(braid map [options] COMMAND [WORDS...] [::: INPUT... | :::: FILE]
Runs COMMAND once for each input, several at a time. Without ::: the inputs are the lines of stdin.

  braid map gzip -9 ::: *.log                      words; the input is appended
  find . -name '*.mov' -print0 | braid map -0 ffmpeg -i {} {.}.mp4
  braid map -j8 -r3 --timeout 30s curl -fsSo {/} {} :::: urls.txt
  braid map 'sort {} | uniq -c > {/.}.count' ::: *.txt       one word with blanks: a script for sh
  seq 9 | braid map -kT 'sleep {}; echo {} s' | cut -f2      input order, each line tagged

in COMMAND  {} input  {.} without extension  {/} file name  {//} directory  {/.} name without extension
            {#} number of the job  {%} number of its slot  {{ one brace
            An input is never script text for the sh that braid starts. A further sh -c, eval or ssh in
            COMMAND reads an input again and runs what it holds: write bash -c 'f "$1"' _ {}
inputs      -a FILE inputs from FILE, - is stdin     -0 separated by zero bytes, not newlines
            --crlf strip the CR of Windows from line ends, and a byte-order mark
slots       -j N, -j 50%, -j +2  [usable CPUs]
output      [each job's output whole, as it ends]    -k in input order     -T[=TAG] tag each line with its input
            -u untouched, as it comes                -q of failed jobs     --json one object per job
failure     -r N retries [0]   --backoff 1s..60s     --timeout 1m30s of one try
            -x stop at the first failure             --max-fails N or N% start no more jobs above that
view        -v commands as they start   --dry-run only show them   --progress none
other       --exec never a shell   --sh always one   -- end of options   -h   --version

exit code   0 all jobs ok   1 some failed   2 not started as asked   3 stopped by -x or --max-fails
            4 results incomplete   126, 127 COMMAND cannot be run   130, 143, 129 stopped by INT, TERM, HUP
^C          once: start no more jobs   twice: end the running ones with all their processes   three times: at once
)";
}

}  // namespace braid::cmd
