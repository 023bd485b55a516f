// says: a body of a scope that owns what it captures must have a name
#include <braid/braid.hpp>
#include <string>

braid::task<> wait(std::string name) {
  co_await braid::scope([name](braid::task_group& group) { group.spawn([] {}); });
}
