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
  const char *none = "no such reader";
  assert(refusal([&] { readers.pin_status(20s, none); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.has_pinpad(20s, true, none); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.change_pin(20s, "1234", "4321", none); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.change_pin_on_pinpad(20s, none); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.unblock(20s, "12345678", "1234", none); }).substr(0, 7) == "reader-");
  assert(refusal([&] { readers.change_pin(20s, "12345", "4321"); }) == "card-pin-form");
  assert(refusal([&] { readers.unblock(20s, "1234", "4321"); }) == "card-puk-form");
  assert(Readers::is_installed() || listed == "reader-library-absent");
}
