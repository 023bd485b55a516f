#!/usr/bin/env python3
"""Tests of tools/check_coroutines.py: good forms pass, bad forms are named with their line."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
import check_coroutines  # noqa: E402


def forms(text):
    source = check_coroutines.Source(text)
    return sorted({form for _, form in check_coroutines.faults(source)})


def body(statements):
    return forms("task<> f(receiver<int> rx) {\n  int local = 0;\n" + statements + "\n}\n")


def bare(statements):
    return forms("task<> f(receiver<int> rx) {\n" + statements + "\n}\n")


class good_forms_pass(unittest.TestCase):
    def check_all(self, judge, samples):
        for sample in samples:
            with self.subTest(sample):
                self.assertEqual(judge(sample), [])

    def test_receives(self):
        self.check_all(bare, [
            "co_await rx.recv();",
            "while (auto v = co_await rx.recv()) use(*v);",
            "for (const auto& v : co_await all(rx)) use(v);",
            "auto [a, b] = *co_await rx.recv();",
            "co_return (co_await rx.recv())->id;",
            "if (const bool sent = co_await tx.emplace(1); !sent) co_return;",
            "switch (const auto k = co_await select(in, out)) { case 0: break; }",
            "if (ready) { co_await rx.recv(); } else co_await rx.recv();",
            "while (ready) { co_await rx.recv(); }",
            "for (;;) { co_await rx.recv(); if (done) co_return; }",
        ])

    def test_sends(self):
        self.check_all(body, [
            "co_await tx.send(std::move(job));",
            "co_await tx.emplace(a, 3);",
            "co_await tx.send(make_job(1, 2));",
            "if (!co_await tx.send(std::string(3, 'x'))) co_return;",
            "auto out = tx.send({a, 3}); co_await out;",
            "job j{a, 3}; co_await tx.send(std::move(j));",
            "co_await within(2s, tx.send(x));",
            "co_await retry({.times = 3}, rx.recv());",
            'co_await tx.send("{ ? [x] }");',
        ])

    def test_selects(self):
        self.check_all(body, [
            "for (;;) switch (co_await select(in, tick, stop)) { case 0: if (auto o = in.result()) co_await tx.emplace(o->id); break; }",
            "if (co_await select(in, after(1s)) == 1) co_return;",
            "std::array<operation*, 2> cases{&a, &b}; switch (co_await select(cases)) { default: break; }",
        ])

    def test_lambdas(self):
        self.check_all(body, [
            "co_await run([] { return 1; });",
            "co_await run([&] { return local; });",
            "co_await run([&local, this] { return local; });",
            "co_await run([&] { job j{1, 2}; return j ? 1 : 2; });",
            "auto f = [local] { return local; }; co_await run(f);",
            "group.spawn([local]() -> task<> { co_await other(local); }); co_await group.join();",
            "co_await [](int n) -> task<> { co_return; }(local);",
            "co_await pool.submit(jobs[local]);",
        ])

    def test_operator_co_await(self):
        self.check_all(forms, [
            "struct op { auto operator co_await() noexcept { return performer<op>{this}; } };",
            "template <class T> struct op { awaiter operator co_await() && noexcept { return b ? x : y; } int n{}; };",
        ])

    def test_ternaries(self):
        self.check_all(body, ["co_return co_await rx.recv() ? 5 : 6;", "int n = local ? 1 : 2; co_await take(n);"])

    def test_bare_condition_in_a_coroutine_with_a_local(self):
        self.check_all(bare, [
            "int n = 0; if (co_await rx.recv()) ++n;",
            "for (int i = 0; i < 3; ++i) if (!co_await tx.send(i)) co_return;",
            "auto in = rx.recv(); switch (co_await select(in, after(1s))) { case 0: break; }",
            "std::optional<int> seen; while (co_await rx.recv()) ++n;",
            "for (auto& x : all) if (!co_await tx.send(x)) co_return;",
            "task_group group(ctx); if (co_await rx.recv()) co_return;",
        ])


class bad_forms_are_named(unittest.TestCase):
    def check_all(self, judge, form, samples):
        for sample in samples:
            with self.subTest(sample):
                self.assertEqual(judge(sample), [form])

    def test_owning_lambda(self):
        self.check_all(body, "owning-lambda", [
            "co_await run([local] { return local; });",
            "co_await run([=] { return local; });",
            "co_await run([&, s] { return s; });",
            "co_await run([s = std::move(s)] { return s; });",
            "co_await run([*this] { return 1; });",
            "co_await [s]() -> task<> { co_return; }();",
            "auto r = co_await run(1, [s](int x) mutable -> int { return x; });",
        ])

    def test_braces(self):
        self.check_all(body, "braces", [
            "co_await tx.send({a, 3});",
            "co_await tx.send(job{a, 3});",
            "bool sent = co_await within(2s, tx.send(job{a, 3}));",
            "if (!co_await tx.send({a, 3})) co_return;",
            "co_await tx.send({});",
            "co_await count(std::vector<int>{1, 2, 3});",
            "co_await std::move(f)(ns::job<int>{1});",
        ])

    def test_await_in_braces(self):
        self.check_all(body, "await-in-braces", [
            "job j{*co_await rx.recv(), 3};",
            "job j = {*co_await rx.recv(), 3};",
            "co_return job{*co_await rx.recv(), 3};",
            "value all[] = {co_await a(), co_await b()};",
            "co_return {co_await a(), 1};",
        ])

    def test_ternary(self):
        self.check_all(body, "ternary", [
            "auto v = local ? co_await rx.recv() : std::nullopt;",
            "co_await (local ? a() : b());",
            "co_await take(local ? a : b);",
        ])

    def test_bare_condition(self):
        self.check_all(bare, "bare-condition", [
            "if (co_await rx.recv()) ++counted;",
            "if (!co_await tx.send(5)) co_return;",
            "while (co_await rx.recv()) ++counted;",
            "do ++counted; while (co_await rx.recv());",
            "for (; co_await rx.recv();) ++counted;",
            "switch (co_await select(in, out)) { case 0: break; }",
            "if (co_await select(in, out) == 1) co_return;",
            "co_await rx.recv(); if (co_await rx.recv()) co_return;",
        ])

    def test_bare_condition_in_a_lambda_coroutine(self):
        self.assertEqual(forms("void g() { int n = 0; auto f = [](receiver<int> rx) -> task<> { if (co_await rx.recv()) co_return; }; }"),
                         ["bare-condition"])


class reports(unittest.TestCase):
    def run_on(self, name, text, *options, given=None):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(text)
            return self.run_with(*options, folder if given == "folder" else str(path))

    def run_with(self, *arguments, program=ROOT / "tools" / "check_coroutines.py"):
        return subprocess.run([sys.executable, str(program), *arguments], capture_output=True, text=True, check=False)

    def test_fault_names_line_form_reason_and_mend(self):
        done = self.run_on("a.cpp", "task<> f() {\n  int n = 0;\n  co_await tx.send(job{n, 3});\n}\n")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"a\.cpp:3: braces: .* destroyed twice.*; use emplace")

    def test_clean_file_passes(self):
        done = self.run_on("a.cpp", "task<> f() {\n  co_await tx.emplace(1, 3);\n}\n")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_cpp_block_of_a_document_is_checked_with_its_own_line(self):
        done = self.run_on("a.md", "text\n\n```cpp\nint n = 0;\nco_await tx.send({n, 3});\n```\n\n```sh\nco_await tx.send({1})\n```\n")
        self.assertRegex(done.stdout, r"a\.md:5: braces")
        self.assertEqual(done.stdout.count("\n"), 1)

    def test_files_of_a_folder_are_checked(self):
        for name in ("a.cc", "a.hpp", "a.md", "a.h"):
            with self.subTest(name):
                text = "task<> f() {\n  if (co_await x()) co_return;\n}\n"
                done = self.run_on(name, f"```cpp\n{text}```\n" if name.endswith("md") else text, given="folder")
                self.assertRegex(done.stdout, "bare-condition: .*; name the result")

    def test_condition_beside_a_local_is_refused_where_every_condition_is_checked(self):
        text = "task<> f() {\n  int n = 0;\n  if (co_await x()) co_return;\n}\n"
        self.assertEqual(self.run_on("a.cpp", text).returncode, 0)
        self.assertRegex(self.run_on("a.cpp", text, "--every-condition").stdout, r"a\.cpp:3: copied-condition: .*; name the result")

    def test_installed_program_that_is_given_nothing_says_what_it_wants(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "braid-check-coroutines"
            program.write_text((ROOT / "tools" / "check_coroutines.py").read_text())
            done = self.run_with(program=program)
            self.assertEqual(done.returncode, 2)
            self.assertIn("no path given; name the files or folders to check", done.stderr)
            self.assertIn("no such file: nowhere.cpp", self.run_with("nowhere.cpp", program=program).stderr)

    def test_excused_line_passes(self):
        done = self.run_on("a.cpp", "task<> f() {\n  co_await tx.send({1, 3});  // coroutine-check: point is trivial\n}\n")
        self.assertEqual(done.returncode, 0)

    def test_comments_strings_and_macros_are_not_code(self):
        done = self.run_on("a.cpp", '// co_await tx.send({1});\n/* co_await f({}); */\nauto s = R"x(co_await f({1}))x";\n#define A co_await f({1})\n')
        self.assertEqual(done.stdout, "")


class probes_agree(unittest.TestCase):
    """Of the programs in tests/probes, those the checker passes are safe and those it refuses hold a bad form."""

    def test_every_probe_program_with_a_bad_form_is_refused(self):
        for name in ("send_forms", "callable_forms", "condition_forms", "refused_braced_vector_of_ints"):
            with self.subTest(name):
                self.assertTrue(list(check_coroutines.check(ROOT / "tests" / "probes" / f"{name}.cpp", name)))


if __name__ == "__main__":
    unittest.main()
