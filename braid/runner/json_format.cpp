#include "braid/runner/json_format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

#include "braid/base/json_text.hpp"

namespace braid::runner {
namespace {

using detail::encode_base64;
using detail::escape_json;
using detail::is_utf8;
using detail::utf8_check;

constexpr std::size_t chunk_bytes = 48 * 1024;  // a multiple of 3, as base64 requires

void add_strings(std::string_view name, const std::vector<std::string>& texts, std::string& to) {
  const bool text = std::ranges::all_of(texts, [](const std::string& t) { return is_utf8(t); });
  to.append(",\"").append(name).append(text ? "\":[" : "_b64\":[");
  for (bool first = true; const auto& value : texts) {
    to += std::exchange(first, false) ? "\"" : ",\"";
    text ? escape_json(value, to) : encode_base64(value, to);
    to += '"';
  }
  to += ']';
}

void add_text(std::string_view name, std::string_view value, std::string& to) {
  const bool text = is_utf8(value);
  to.append(",\"").append(name).append(text ? "\":\"" : "_b64\":\"");
  text ? escape_json(value, to) : encode_base64(value, to);
  to += '"';
}

void add_number(std::string_view name, std::optional<std::int64_t> value, std::string& to) {
  to.append(",\"").append(name).append("\":").append(value ? std::to_string(*value) : "null");
}

/// Appends `when` as RFC 3339, UTC, microseconds.
void add_time(std::string_view name, std::chrono::system_clock::time_point when, std::string& to) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
  const std::time_t seconds = since / 1'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(since % 1'000'000));
  to.append(",\"").append(name).append("\":\"").append(text.data()).append("\"");
}

template<class Use>
void for_each_chunk(const process::record& from, Use&& use) {
  std::vector<char> chunk(chunk_bytes);
  std::size_t filled = 0;
  std::uint64_t offset = 0;
  while (const auto got = from.read(offset, std::span(chunk).subspan(filled))) {
    offset += got;
    filled += got;
    if (filled < chunk.size()) continue;
    use(std::string_view(chunk.data(), filled));
    filled = 0;
  }
  if (filled > 0) use(std::string_view(chunk.data(), filled));
}

/// Two passes: the first finds out whether the output is text, the second writes it.
void write_output(std::string_view name, const process::record* from, byte_sink& to) {
  if (from == nullptr) return;
  utf8_check check;
  for_each_chunk(*from, [&](std::string_view bytes) { check.feed(bytes); });
  std::string text = ",\"" + std::string(name) + (check.complete() ? "\":\"" : "_b64\":\"");
  for_each_chunk(*from, [&](std::string_view bytes) {
    check.complete() ? escape_json(bytes, text) : encode_base64(bytes, text);
    to.write(text);
    text.clear();
  });
  to.write(text + '"');
}

}  // namespace

void json_format::render(const outcome& result, byte_sink& out, byte_sink&) const {
  const auto& in = result.input;
  std::string text = "{\"v\":1";
  add_number("seq", static_cast<std::int64_t>(in.number), text);
  add_strings("inputs", {in.text}, text);
  if (!command_.script().empty()) {
    add_text("script", command_.script(), text);
  } else {
    add_strings("argv", command_.argv({.input = in.text, .number = in.number, .slot = result.slot}), text);
  }
  add_number("try", result.tries, text);
  add_text("state", name_of(result.state), text);
  const auto& status = result.status;
  const auto measured = [&](auto get) { return status ? std::optional<std::int64_t>(get(*status)) : std::nullopt; };
  using std::chrono::nanoseconds;
  const bool exited = status && status->signal == 0;
  add_number("exit", exited ? std::optional<std::int64_t>(status->code) : std::nullopt, text);
  add_number("signal", status && !exited ? std::optional<std::int64_t>(status->signal) : std::nullopt, text);
  add_number("slot", static_cast<std::int64_t>(result.slot), text);
  add_number("pid", status ? std::optional<std::int64_t>(result.pid) : std::nullopt, text);
  add_time("start", result.start, text);
  add_time("end", result.end, text);
  add_number("wall_ns", result.wall.count(), text);
  add_number("user_ns", measured([](const auto& s) { return nanoseconds(s.user_time).count(); }), text);
  add_number("sys_ns", measured([](const auto& s) { return nanoseconds(s.system_time).count(); }), text);
  add_number("maxrss_kb", measured([](const auto& s) { return static_cast<std::int64_t>(s.peak_memory / 1024); }),
             text);
  const auto bytes_of = [](const process::record* s) { return s ? static_cast<std::int64_t>(s->size()) : 0; };
  add_number("out_bytes", bytes_of(result.out), text);
  add_number("err_bytes", bytes_of(result.err), text);
  if (!result.reason.empty()) add_text("reason", result.reason, text);
  out.write(text);
  write_output("out", result.out, out);
  write_output("err", result.err, out);
  out.write("}\n");
}

}  // namespace braid::runner
