"""What stands for an input in a command."""

from tool import TestCase, braid_map, main


class Templates(TestCase):
    def test_every_placeholder(self):
        run = braid_map("-j1", "echo", "{}", "{.}", "{/}", "{//}", "{/.}", "{#}", "{%}", "{{}", ":::", "d/f.tar.gz")
        self.assertEqual(run.out, b"d/f.tar.gz d/f.tar f.tar.gz d f.tar 1 1 {}\n")

    def test_awk_programs_and_json_pass_untouched(self):
        self.assertEqual(braid_map("awk", "BEGIN {print 1} # {print $1}", ":::", "a").out, b"1\n")
        self.assertEqual(braid_map("echo", '{"a": "{}"}', ":::", "v").out, b'{"a": "v"}\n')

    def test_a_value_that_looks_like_a_placeholder_is_not_one(self):
        self.assertEqual(braid_map("-k", "echo", ":::", "{#}", "{/}").out, b"{#}\n{/}\n")

    def test_words_are_not_read_by_a_shell(self):
        self.assertEqual(braid_map("echo", "$HOME", "*", ";", ":::", "a").out, b"$HOME * ; a\n")

    def test_what_a_script_may_not_hold_is_refused_with_a_mend(self):
        for script, mend in (("cat <<E\n{}\nE", "printf"), ("echo $(( {} + 1 ))", "expr"), ("echo `ls {}`", "$( )")):
            run = braid_map(script, ":::", "1")
            self.assertEqual(run.code, 2)
            self.assertIn(mend, run.err)

    def test_a_reserved_name_is_refused_and_has_an_escape(self):
        self.assertEqual(braid_map("echo", "{1}", ":::", "a").code, 2)
        self.assertEqual(braid_map("echo", "{{1}", ":::", "a").out, b"{1} a\n")


if __name__ == "__main__":
    main()
