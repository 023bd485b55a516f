#include "cmd/braid/foreign_option.hpp"

#include <algorithm>
#include <array>

namespace braid::cmd {
namespace {

struct foreign {
  std::string_view names;  ///< between bars; a letter is a short option
  std::string_view way;
};

// Read from findutils 4.9, GNU parallel 20221122 and rush 0.8.
constexpr std::array table{
    // placeholders
    foreign{"|I|i|replace|",
            "{} in COMMAND is the input, so leave it out; another text for {} is not in this version. A file of inputs "
            "(rush -i) is -a FILE"},
    foreign{"|infile|", "a file of inputs is -a FILE"},
    foreign{"|U|extensionreplace|er|basenamereplace|bnr|dirnamereplace|dnr|basenameextensionreplace|bner|seqreplace|"
            "slotreplace|rpl|parens|plus|",
            "the placeholders are {} {.} {/} {//} {/.} {#} {%}; other texts and expressions for them are not in this "
            "version, a script can cut its value: 'v={}; echo \"${v%.txt}\"'"},
    foreign{"|process-slot-var|processslotvar|", "{%} in COMMAND is the number of the slot"},
    foreign{"|assign|", "set a variable in front of braid, jobs inherit it: X=1 braid map 'echo \"$X\" {}'"},
    // inputs per job
    foreign{"|n|max-args|maxargs|N|max-replace-args|maxreplaceargs|L|l|max-lines|maxlines|nrecords|",
            "each job gets one input, so leave out -n1, -L1 and -N1; several inputs a job are not in this version: "
            "xargs -n N -P SLOTS has them"},
    foreign{"|m|X|xargs|s|max-chars|maxchars|",
            "as many inputs as fit on one command line are not in this version: xargs -P SLOTS has them"},
    foreign{"|show-limits|showlimits|max-line-length-allowed|maxlinelengthallowed|", "getconf ARG_MAX says it"},
    // sources of inputs
    foreign{"|d|D|delimiter|record-delimiter|field-delimiter|J|records-join-separator|",
            "inputs are lines, so leave out -d '\\n'; -0 is for zero bytes; another separator is not in this version: "
            "tr ',' '\\n' <LIST | braid map"},
    foreign{"|E|e|eof|stop-on-error|",
            "-x stops at the first failure; a line that ends the list is not in this version: sed '/^END$/,$d' LIST | "
            "braid map"},
    foreign{"|r|no-run-if-empty|norunifempty|", "without an input no job is run, always, so leave it out"},
    foreign{"|C|colsep|col-sep|header|",
            "columns are not in this version; a script can cut its line: 'a=$(printf %s {} | cut -f1); ...'"},
    foreign{
        "|csv|tsv|jsonl|range|",
        "this form of inputs is not in this version; inputs are lines, words or zero-separated: seq 100 | braid map"},
    foreign{"|link|xapply|linkinputsource|xapplyinputsource|arg-sep|argsep|arg-file-sep|argfilesep|",
            "inputs from several sources are not in this version; one ::: with words or one :::: with a file"},
    foreign{"|trim|", "inputs stay as they are: sed 's/^ *//; s/ *$//' LIST | braid map; --crlf strips a CR"},
    foreign{"|shuf|shuffle|", "not in this version: shuf LIST | braid map"},
    foreign{"|skip-first-line|skipfirstline|skip|take|", "not in this version: tail -n +2 LIST | braid map, or head"},
    foreign{"|in|pipe|spreadstdin|pipe-part|pipepart|block|block-size|blocksize|block-timeout|blocktimeout|bt|recstart|"
            "recend|regexp|regex|remove-rec-sep|removerecsep|rrs|round-robin|roundrobin|round|cat|fifo|tee|shard|bin|"
            "group-by|groupby|",
            "cutting stdin into blocks for jobs is not in this version; cut it into files and map over those: split -n "
            "l/8 FILE part. && braid map ./job {} ::: part.*"},
    foreign{"|filter|", "not in this version: grep before braid, or a test in the script"},
    // slots
    foreign{"|jobs|", "slots are -j N, or --slots N"},
    foreign{"|load|noswap|memfree|memsuspend|mem|min-free|max-psi|limit|",
            "jobs do not wait for load or memory in this version; give fewer slots with -j, or SIGUSR2 takes one away "
            "while it runs"},
    foreign{"|delay|ssh-delay|sshdelay|rate|",
            "a pause between starts is not in this version; a script can make one: 'sleep 0.2; COMMAND {}'"},
    foreign{"|nice|", "nice -n 10 braid map ...: jobs inherit it"},
    foreign{"|use-sockets-instead-of-threads|usesocketsinsteadofthreads|use-cores-instead-of-threads|"
            "usecoresinsteadofthreads|use-cpus-instead-of-cores|usecpusinsteadofcores|number-of-cpus|numberofcpus|"
            "number-of-sockets|numberofsockets|number-of-cores|numberofcores|number-of-threads|numberofthreads|",
            "-j takes a number or a share such as 50%; lscpu and nproc count"},
    foreign{"|semaphore|semaphore-name|semaphorename|id|semaphore-timeout|semaphoretimeout|st|fg|bg|wait|",
            "a semaphore is not in this version; flock FILE COMMAND is one for one holder"},
    // output
    foreign{"|tag-string|tagstring|", "the tag is the value of -T: -T={/}"},
    foreign{"|ctag|ctag-string|ctagstring|color|colour|color-failed|colour-failed|colorfailed|colourfailed|color-fail|"
            "colour-fail|colorfail|colourfail|cf|",
            "colours are not in this version; -T tags each line, and a summary names what failed"},
    foreign{"|g|group|greedy|", "each job's output stays together, always, so leave it out"},
    foreign{"|ungroup|", "-u, or --raw, passes output through as it comes"},
    foreign{"|line-buffer|line-buffered|linebuffer|linebuffered|lb|immediate-output|",
            "whole lines as they come are not in this version; -u passes output through as it comes, without tags"},
    foreign{"|latest-line|latestline|ll|tmux|tmux-pane|tmuxpane|",
            "not in this version; the progress line names the job that has run for longest"},
    foreign{"|keeporder|", "-k, or --keep-order, keeps the order of the inputs"},
    foreign{"|no-keep-order|nokeeporder|nok|no-k|silent|", "it is so without an option: leave it out"},
    foreign{"|quote|escape|Q|escape-symbols|",
            "words of COMMAND and inputs reach the program as they are, always, so leave it out"},
    foreign{"|shell-quote|shellquote|shell_quote|", "--dry-run prints each command quoted"},
    foreign{"|results|result|res|files|output-as-files|outputasfiles|O|out|",
            "a file for each job's output is not in this version; --json holds the output, or write it in a script: "
            "'COMMAND {} >{/.}.out'"},
    foreign{
        "|o|out-file|open-tty|tty|pty|",
        "output goes to stdout: braid map ... >FILE; a terminal for jobs is not in this version (xargs -o has one)"},
    foreign{"|err|max-out|spill|", "not in this version; a script can redirect: 'COMMAND {} 2>&1'"},
    foreign{
        "|joblog|jl|events|",
        "--json prints one record a job, with its start, time, exit code and signal: braid map --json ... >log.json"},
    foreign{"|sql|sql-master|sqlmaster|sql-worker|sqlworker|sql-and-worker|sqlandworker|",
            "a database is not in this version; --json prints one record a job"},
    // failure
    foreign{"|H|halt|halt-on-error|", "-x stops at the first failure; --max-fails N starts no more jobs above N"},
    foreign{"|propagate-exit-status|", "the exit code is 1 if a job failed, always, so leave it out"},
    foreign{"|retry-interval|", "the wait before a retry is --backoff 5s, or --backoff 1s..60s"},
    foreign{"|retry-on|race|term|term-seq|termseq|cleanup-time|no-stop-exes|no-kill-exes|",
            "not in this version: a job that is stopped gets SIGTERM with its whole tree, and SIGKILL after 5 s"},
    foreign{"|resume|resume-failed|resumefailed|retry-failed|retryfailed|c|continue|succ-cmd-file|name|no-log|keep|"
            "skip-if|key|",
            "runs are not remembered in this version; --json says what failed: jq -r 'select(.state!=\"ok\")"
            ".inputs[0]' log.json | braid map ..."},
    foreign{"|exit|", "an input too long for a command fails as its own job; -x stops at the first failure"},
    // view
    foreign{"|t|", "commands are shown with -v (xargs -t); the limit of time is --timeout 30s (rush -t)"},
    foreign{"|p|interactive|", "asking before each job is not in this version; --dry-run shows all commands first"},
    foreign{"|bar|eta|",
            "a terminal shows the progress line, with the time left, by itself: leave it out; --progress none turns it "
            "off"},
    foreign{"|total-jobs|totaljobs|total|", "the total is known where inputs stand after :::, so leave it out"},
    foreign{"|dryrun|dr|", "--dry-run"},
    foreign{"|V|", "--version"},
    foreign{"|print-retry-output|debug|", "-v shows commands and retries"},
    // place and surroundings
    foreign{"|work-dir|workdir|wd|W|", "cd DIR && braid map ..., or in a script: 'cd {//} && COMMAND {/}'"},
    foreign{"|tmpdir|tempdir|", "TMPDIR=DIR braid map ..."},
    foreign{"|compress|use-compress-program|compress-program|usecompressprogram|compressprogram|use-decompress-program|"
            "decompress-program|usedecompressprogram|decompressprogram|",
            "output that waits is not compressed in this version; TMPDIR says where it lies"},
    foreign{"|env|env-file|recordenv|record-env|_parset|parset|embed|",
            "jobs inherit the environment; a function that bash has exported: braid map bash -c 'f \"$1\"' _ {}"},
    foreign{"|shell|rc|", "another shell is a command of its own: braid map bash -c 'SCRIPT \"$1\"' _ {}"},
    foreign{
        "|S|sshlogin|sshloginfile|slf|onall|nonall|filter-hosts|filterhosts|filter-host|controlmaster|M|ssh|transfer|"
        "transfer-file|transferfile|transfer-files|transferfiles|tf|return|trc|cleanup|basefile|bf|B|rsync-opts|"
        "rsyncopts|hgrp|hostgrp|hostgroup|hostgroups|on|send|get|",
        "jobs on other machines are not in this version; a job may call ssh: braid map ssh {} uptime ::: web1 web2"},
    foreign{"|after|at|every|once|store|web|b|",
            "runs in the background are not in this version; at, cron and systemd-run start braid map later"},
    foreign{"|template|tmpl|", "not in this version; a script can use sed or envsubst"},
    foreign{"|profile|gnu|tollef|will-cite|willcite|nn|nonotice|no-notice|citation|bibtex|ctrl-c|ctrlc|no-ctrl-c|"
            "no-ctrlc|noctrlc|minversion|no-keys|redact|no-jobserver|reap-strays|need-input|group-by-host|bug|",
            "braid has no such notice, profile or mode: leave it out"},
    foreign{"|shebang|hashbang|shellcompletion|shell-completion|Y|", "not in this version"},
};

}  // namespace

std::string_view way_without(std::string_view name) {
  const auto has = [name](const foreign& each) {
    for (auto at = each.names.find(name); at != std::string_view::npos; at = each.names.find(name, at + 1)) {
      const auto end = at + name.size();
      if (each.names[at - 1] == '|' && each.names[end] == '|') return true;
    }
    return false;
  };
  if (name.empty() || name.find('|') != std::string_view::npos) return {};
  const auto found = std::ranges::find_if(table, has);
  return found == table.end() ? std::string_view{} : found->way;
}

}  // namespace braid::cmd
