/*
 * sas-psc for C++17: the handles of sas_psc.h as values that free themselves, its errors as one exception.
 *
 * Header-only; link with the C library. Texts are UTF-8. What a function returns as std::string_view lives as long as
 * the object it was read from.
 */
#ifndef SAS_PSC_HPP
#define SAS_PSC_HPP

#include "sas_psc.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sas_psc {

/// What went wrong, who must act, what to do.
class Error : public std::exception {
public:
  /// Takes over an error of the C interface.
  explicit Error(sas_psc_error *error) : error_(error, sas_psc_error_free) {}

  /// One of SAS_PSC_ERROR_….
  std::int32_t code() const noexcept { return sas_psc_error_code(error_.get()); }
  /// "id-key".
  std::string_view name() const noexcept { return text(sas_psc_error_name(error_.get())); }
  /// One of SAS_PSC_BLAME_….
  std::int32_t blame() const noexcept { return sas_psc_error_blame(error_.get()); }
  /// What happened, one sentence for a person, in "fr" or "en".
  std::string_view message(const char *lang = "fr") const noexcept {
    return text(sas_psc_error_message(error_.get(), lang));
  }
  /// What to do now, one sentence for a person, in "fr" or "en".
  std::string_view hint(const char *lang = "fr") const noexcept { return text(sas_psc_error_hint(error_.get(), lang)); }
  /// A fact that is a number, if the error has it: "tries_left", "retry_after"….
  std::optional<std::uint64_t> fact_number(const char *fact) const noexcept {
    std::uint64_t value = 0;
    if (!sas_psc_error_fact_number(error_.get(), fact, &value)) return std::nullopt;
    return value;
  }
  /// A fact that is a word, if the error has it: "claim", "field"….
  std::optional<std::string_view> fact_word(const char *fact) const noexcept {
    const char *word = sas_psc_error_fact_word(error_.get(), fact);
    if (word == nullptr) return std::nullopt;
    return word;
  }
  /// The message in English.
  const char *what() const noexcept override {
    const char *message = sas_psc_error_message(error_.get(), "en");
    return message == nullptr ? "sas-psc" : message;
  }

private:
  static std::string_view text(const char *text) noexcept { return text == nullptr ? std::string_view() : text; }

  std::shared_ptr<sas_psc_error> error_;
};

namespace detail {

template <auto Free> struct Freed {
  template <typename T> void operator()(T *handle) const noexcept { Free(handle); }
};

template <typename T, auto Free> using Handle = std::unique_ptr<T, Freed<Free>>;

/// Makes a call that may fail and throws what it hands over.
template <typename Call> void call(Call make) {
  sas_psc_error *error = nullptr;
  if (make(&error) != 0) throw Error(error);
}

/// Takes over a string.
inline std::string taken(sas_psc_string *string) {
  Handle<sas_psc_string, sas_psc_string_free> owned(string);
  return std::string(sas_psc_string_data(string), sas_psc_string_len(string));
}

} // namespace detail

/// An RPPS number with a right key.
class Rpps {
public:
  /// Reads 11 digits; throws Error: id-length, id-character, id-key.
  static Rpps parse(const std::string &text) {
    sas_psc_rpps *rpps = nullptr;
    detail::call([&](auto error) { return sas_psc_rpps_parse(text.c_str(), &rpps, error); });
    return Rpps(rpps);
  }
  /// Whether parse would take the text.
  static bool is_valid(const std::string &text) { return sas_psc_rpps_check(text.c_str(), nullptr) == 0; }

  /// The 11 digits.
  std::string_view text() const noexcept { return sas_psc_rpps_text(rpps_.get()); }
  /// Whether it is one of ANS's test numbers (997…, 999…).
  bool is_test_number() const noexcept { return sas_psc_rpps_is_test_number(rpps_.get()); }
  /// The national identifier, "8" and the number.
  std::string id_nat() const {
    sas_psc_string *id_nat = nullptr;
    detail::call([&](auto error) { return sas_psc_rpps_id_nat(rpps_.get(), &id_nat, error); });
    return detail::taken(id_nat);
  }

private:
  explicit Rpps(sas_psc_rpps *rpps) : rpps_(rpps) {}

  detail::Handle<sas_psc_rpps, sas_psc_rpps_free> rpps_;
};

/// Checks a number of a kind; the answer is the JSON of sas_psc_id_check. Throws Error: id-kind-unknown.
inline std::string id_check(const std::string &value, const char *kind = "auto", bool refuse_test_numbers = false) {
  sas_psc_string *found = nullptr;
  detail::call([&](auto error) { return sas_psc_id_check(kind, value.c_str(), refuse_test_numbers, &found, error); });
  return detail::taken(found);
}

} // namespace sas_psc

#endif
