// The C++ side of the readers, on a machine with PC/SC or without: they answer, or say which it is.
#include "refusal.hpp"

int main() {
  using namespace sas_psc;
  using namespace std::chrono_literals;

  Readers readers;
  std::string listed = refusal([&] { assert(readers.list(20s).front() == '['); });
  assert(listed == "nothing was thrown" || listed.substr(0, 7) == "reader-");
  assert(refusal([&] { readers.read(20s, "no such reader"); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.sign(20s, "authentication", "a message", "12345"); }) == "card-pin-form");
  assert(refusal([&] { readers.sign(20s, "anything", "a message", "1234"); }) == "card-purpose-unknown");
  assert(refusal([&] { readers.set_expected("a card"); }) == "card-unknown");
  assert(Readers::is_installed() || listed == "reader-library-absent");
}
