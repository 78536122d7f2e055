// What the C++ tests share: asserts that count, and the name of the error that a call throws.
#ifndef REFUSAL_HPP
#define REFUSAL_HPP

#include <sas_psc.hpp>

#include <cassert>
#include <string>

#ifdef NDEBUG
#error "asserts are the test"
#endif

template <typename Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const sas_psc::Error &error) {
    return std::string(error.name());
  }
  return "nothing was thrown";
}

#endif
