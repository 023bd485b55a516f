#include "braid/pool/pool_home.hpp"

#include "braid/base/check.hpp"

namespace braid::detail {

void pool_home::used_in_child_of_fork() const noexcept {
  const std::string sentence = "worker pool '" + name_ +
                               "' was made before fork() and is used in the child process, which has none of its "
                               "workers: make it after the fork";
  fail(sentence.c_str());
}

}  // namespace braid::detail
