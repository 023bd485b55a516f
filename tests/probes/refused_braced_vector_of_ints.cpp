// An initializer list inside an await. g++ 12 does not compile it, so it stands alone.
#include "model.hpp"

namespace {
using namespace probe;

std::string text = std::string(40, 't');
task<> send(sender<std::vector<int>> tx) {
  const bool sent = co_await tx.by_rvalue({1, 2});
  expect(sent && text.size() == 40, "it was not sent");
}
BRAID_TRAP(braced_vector_of_ints) {
  channel<std::vector<int>> c;
  send(c.tx).get();
  expect(c.buffer->front().size() == 2, "another value arrived");
}

}  // namespace
