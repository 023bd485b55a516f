#!/bin/bash
# MCE 1.884 (libmce-perl, Debian 12): one item's code dies in a parallel loop, map or grep.
# Guess:  as in Perl's own map, the error reaches the caller's eval, or at least the caller can see that something failed.
# Seen:   mce_loop returns as if all were well: $@ is empty and the exit code is 0. Lost are the failed item and whatever its
#         worker's chunk still held: with chunks of 4 items one failure loses 5 to 8. The text goes to stderr alone.
#         mce_map and mce_grep do throw, but "Can't use an undefined value as an ARRAY reference" in place of the program's
#         own error, and all results are lost.
# Source: this run.
# braid:  each item has its outcome; the first error reaches the caller and what did not run is counted (law F2).
source "$(dirname "$0")/installation.sh"
debian libmce-perl=1.884-1
cat > "$scene/program.pl" <<'PROGRAM'
use strict;
use MCE::Loop;
use MCE::Map;
use MCE::Grep;
sub shown {
  my ($name, $run) = @_;
  my @results = eval { $run->() };
  my $error = $@ || "none\n";
  $error =~ s/ at \/.*//s;
  chomp $error;
  print "$name: ", scalar(@results), " results; error: $error\n";
}
for my $chunk (1, 4) {
  MCE::Loop->init(max_workers => 2, chunk_size => $chunk);
  shown("mce_loop by $chunk", sub {
    my %of = mce_loop {
      for my $item (@{$_[1]}) { die "item 5\n" if $item == 5; MCE->gather($item, 10 * $item) }
    } 1 .. 20;
    return sort { $a <=> $b } keys %of;
  });
  MCE::Loop->finish;
}
MCE::Map->init(max_workers => 2, chunk_size => 1);
shown("mce_map", sub { mce_map { die "item 5\n" if $_ == 5; 10 * $_ } 1 .. 20 });
MCE::Grep->init(max_workers => 2, chunk_size => 1);
shown("mce_grep", sub { mce_grep { die "item 5\n" if $_ == 5; 1 } 1 .. 20 });
PROGRAM
{
  perl -I"$scene/root/usr/share/perl5" "$scene/program.pl" 2>/dev/null
  echo "exit $?"
} | expect "mce_loop by 1: 19 results; error: none
mce_loop by 4: 16 results; error: none
mce_map: 0 results; error: Can't use an undefined value as an ARRAY reference
mce_grep: 0 results; error: Can't use an undefined value as an ARRAY reference
exit 0"
