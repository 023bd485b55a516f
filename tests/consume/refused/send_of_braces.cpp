// says: emplace(a, b), or name it first
#include <braid/braid.hpp>
#include <string>

struct order {
  std::string id;
  int count;
};

braid::task<> send_one(braid::sender<order> out) {
  const bool sent = co_await out.send({"a", 3});
  if (!sent) co_return;
}

int main() {}
