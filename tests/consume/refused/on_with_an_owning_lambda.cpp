// says: a function of on() that owns what it captures must have a name
#include <braid/braid.hpp>
#include <string>

braid::task<> wait(braid::receiver<int> rx, std::string name) {
  co_await braid::select(braid::on(rx.recv(), [name](std::optional<int>) { return name; }));
}
