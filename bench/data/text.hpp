#pragma once
// A text of made-up words, each followed by a space, the same for the same length: few of them often, many seldom.
// A word is four letters, which number it, and up to three more.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

class text {
 public:
  explicit text(std::uint64_t words) {
    letters_.reserve(7 * words + 16);
    std::uint64_t dice = 0x9e3779b97f4a7c15;
    for (std::uint64_t i = 0; i < words; ++i) {
      dice ^= dice << 13;
      dice ^= dice >> 7;
      dice ^= dice << 17;
      append(rank(dice));
    }
  }

  std::string_view letters() const noexcept { return letters_; }
  // The sum of the weights of all words.
  std::uint64_t weight() const noexcept { return weight_; }

  static std::uint64_t weight_of(std::string_view word) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 4 && i < word.size(); ++i)
      number = 26 * number + static_cast<std::uint64_t>(word[i] - 'a');
    return (number + 1) * word.size();
  }

  // Parts of at least `size` letters, but for the last, cut between words.
  static std::vector<std::string_view> parts(std::string_view of, std::size_t size) {
    std::vector<std::string_view> all;
    while (!of.empty()) {
      const std::size_t cut = size < of.size() ? of.find(' ', size) + 1 : of.size();
      all.push_back(of.substr(0, cut));
      of.remove_prefix(cut);
    }
    return all;
  }

 private:
  static constexpr std::uint64_t vocabulary = 46'000;

  // The product of three dice of 2^21 sides, scaled: low ranks are frequent.
  static std::uint64_t rank(std::uint64_t dice) noexcept {
    constexpr std::uint64_t sides = (std::uint64_t{1} << 21) - 1;
    const std::uint64_t two = (dice & sides) * ((dice >> 21) & sides) >> 21;
    return ((two * (dice >> 43)) >> 21) * vocabulary >> 21;
  }
  void append(std::uint64_t number) {
    const std::size_t begin = letters_.size();
    for (const std::uint64_t place : {17'576, 676, 26, 1}) letter(number / place % 26);
    for (std::uint64_t more = number % 4; more > 0; --more) letter((number + more) % 26);
    weight_ += (number + 1) * (letters_.size() - begin);
    letters_.push_back(' ');
  }
  void letter(std::uint64_t of_26) { letters_.push_back(static_cast<char>('a' + of_26)); }

  std::string letters_;
  std::uint64_t weight_ = 0;
};

}  // namespace bench
