#include "braid/base/code_place.hpp"

#include <link.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace braid::detail {
namespace {

struct found_object {
  std::uintptr_t address;  ///< The address to find.
  bool found = false;
  std::uintptr_t offset = 0;  ///< Offset in the object's file.
  std::string file;           ///< Empty for the program itself.
};

int is_in_object(dl_phdr_info* info, std::size_t, void* wanted) {
  found_object& to = *static_cast<found_object*>(wanted);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || to.address - (info->dlpi_addr + part.p_vaddr) >= part.p_memsz) continue;
    to.found = true;
    to.offset = to.address - info->dlpi_addr;
    to.file = info->dlpi_name;
    return 1;
  }
  return 0;
}

std::string program_file() {
  std::array<char, 4096> path{};
  const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

bool is_of_the_system(std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  for (const std::string_view system : {"libc.", "libstdc++.", "libc++.", "libpthread.", "ld-", "linux-vdso."})
    if (name.starts_with(system)) return true;
  return false;
}

/// Returns `file` quoted for a shell, if it needs quotes.
std::string quoted(const std::string& file) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+";
  if (file.find_first_not_of(plain) == std::string::npos) return file;
  std::string text = "'";
  for (const char c : file) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

struct stack_walk {
  const void* from;  ///< Null once the walk has reached it.
  const void** to;
  const void** end;
};

_Unwind_Reason_Code note_frame(_Unwind_Context* context, void* walk) {
  stack_walk& w = *static_cast<stack_walk*>(walk);
  const void* const place =
      reinterpret_cast<const void*>(_Unwind_GetIP(context));  // NOLINT: an address is a number there
  if (w.from == place) w.from = nullptr;
  if (!w.from && place) *w.to++ = place;
  return w.to == w.end ? _URC_END_OF_STACK : _URC_NO_REASON;
}

}  // namespace

void note_callers(const void* innermost, std::span<const void*> to) noexcept {
  stack_walk walk{innermost, to.data(), to.data() + to.size()};
  _Unwind_Backtrace(note_frame, &walk);
  if (walk.from) to[0] = innermost;
}

std::string code_places(std::span<const void* const> return_addresses) {
  std::string text, last_file;
  for (const void* const address : return_addresses) {
    // The call is the instruction before the return address.
    found_object object{reinterpret_cast<std::uintptr_t>(address) - 1, false, 0, {}};
    ::dl_iterate_phdr(is_in_object, &object);
    if (!object.found) continue;
    if (object.file.empty()) object.file = program_file();
    if (object.file.empty() || is_of_the_system(object.file)) continue;
    if (object.file != last_file)
      text += (text.empty() ? "addr2line -Cfipe " : "; addr2line -Cfipe ") + quoted(object.file);
    last_file = object.file;
    std::array<char, 24> offset{};
    std::snprintf(offset.data(), offset.size(), " %#llx", static_cast<unsigned long long>(object.offset));
    text += offset.data();
  }
  return text;
}

}  // namespace braid::detail
