/*
 * sas-psc for C++17: the handles of sas_psc.h as values that free themselves, its errors as one exception.
 *
 * Header-only; link with the C library. Texts are UTF-8. What a function returns as std::string_view lives as long as
 * the object it was read from.
 */
#ifndef SAS_PSC_HPP
#define SAS_PSC_HPP

#include "sas_psc.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sas_psc {

namespace detail {

inline std::string_view text(const char *text) noexcept { return text == nullptr ? std::string_view() : text; }

} // namespace detail

/// What went wrong, who must act, what to do.
class Error : public std::exception {
public:
  /// Takes over an error of the C interface.
  explicit Error(sas_psc_error *error) : error_(error, sas_psc_error_free) {}

  /// One of SAS_PSC_ERROR_….
  std::int32_t code() const noexcept { return sas_psc_error_code(error_.get()); }
  /// "id-key".
  std::string_view name() const noexcept { return detail::text(sas_psc_error_name(error_.get())); }
  /// One of SAS_PSC_BLAME_….
  std::int32_t blame() const noexcept { return sas_psc_error_blame(error_.get()); }
  /// What happened, one sentence for a person, in "fr" or "en".
  std::string_view message(const char *lang = "fr") const noexcept {
    return detail::text(sas_psc_error_message(error_.get(), lang));
  }
  /// What to do now, one sentence for a person, in "fr" or "en".
  std::string_view hint(const char *lang = "fr") const noexcept {
    return detail::text(sas_psc_error_hint(error_.get(), lang));
  }
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

/// A moment. Every call that takes one reads the clock when it is left out.
using Time = std::chrono::system_clock::time_point;

namespace detail {

inline std::int64_t millis(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
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
  std::string_view text() const noexcept { return detail::text(sas_psc_rpps_text(rpps_.get())); }
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

/// The number as it should be stored. Throws Error: why it is refused.
inline std::string id_normalized(const std::string &value, const char *kind = "auto") {
  sas_psc_string *normalized = nullptr;
  detail::call([&](auto error) { return sas_psc_id_normalized(kind, value.c_str(), &normalized, error); });
  return detail::taken(normalized);
}

/// The number in the usual groups of its kind, with no-break spaces. Throws Error: why it is refused.
inline std::string id_grouped(const std::string &value, const char *kind = "auto") {
  sas_psc_string *grouped = nullptr;
  detail::call([&](auto error) { return sas_psc_id_grouped(kind, value.c_str(), &grouped, error); });
  return detail::taken(grouped);
}

/// An identifier of a FHIR resource, of either version of Annuaire Santé: the JSON of sas_psc_id_fhir_read.
inline std::string id_fhir_read(const std::string &value, const std::optional<std::string> &system,
                                const std::optional<std::string> &type_code = std::nullopt) {
  sas_psc_string *found = nullptr;
  detail::call([&](auto error) {
    return sas_psc_id_fhir_read(system ? system->c_str() : nullptr, type_code ? type_code->c_str() : nullptr, value.c_str(), &found,
                                error);
  });
  return detail::taken(found);
}

/// system|value, as a FHIR search takes a national identifier.
inline std::string id_fhir_token(const std::string &id_nat) {
  sas_psc_string *token = nullptr;
  detail::call([&](auto error) { return sas_psc_id_fhir_token(id_nat.c_str(), &token, error); });
  return detail::taken(token);
}

/// Checks a column of the Arrow C data interface: see sas_psc_ids_check_array. Throws Error.
inline void ids_check_array(const ArrowSchema &schema, ArrowArray &array, ArrowSchema &answer_schema, ArrowArray &answer,
                            const char *kind = "auto", const char *column = nullptr, bool refuse_test_numbers = false) {
  detail::call([&](auto error) {
    return sas_psc_ids_check_array(kind, column, refuse_test_numbers, &schema, &array, &answer_schema, &answer, error);
  });
}

/// Checks the arrays of a stream: see sas_psc_ids_check_stream. Throws Error.
inline void ids_check_stream(ArrowArrayStream &stream, ArrowArrayStream &answer, const char *kind = "auto",
                             const char *column = nullptr, bool refuse_test_numbers = false) {
  detail::call([&](auto error) {
    return sas_psc_ids_check_stream(kind, column, refuse_test_numbers, &stream, &answer, error);
  });
}

/// Which provider.
class Environment {
public:
  /// Pro Santé Connect in production.
  static Environment production() { return made(sas_psc_environment_production); }
  /// Pro Santé Connect's sandbox, the bac à sable.
  static Environment bas() { return made(sas_psc_environment_bas); }

  /// The provider of this issuer, an https address. Throws Error: address-refused, environment-retired, issuer-misspelt.
  static Environment of(const std::string &issuer) {
    return made([&](auto out, auto error) { return sas_psc_environment_of(issuer.c_str(), out, error); });
  }
  /// Over plain http, on a loopback address only: whoever runs on this machine can read and change it.
  static Environment danger_insecure_loopback(const std::string &issuer) {
    return made([&](auto out, auto error) { return sas_psc_danger_insecure_loopback(issuer.c_str(), out, error); });
  }

  /// Replaces what follows the issuer in the address of its metadata.
  void set_discovery_path(const std::string &path) {
    detail::call([&](auto error) {
      return sas_psc_environment_set_discovery_path(environment_.get(), path.c_str(), error);
    });
  }
  /// Replaces the address of an endpoint, named as in the metadata. Throws Error: endpoint-unknown, address-refused.
  void set_endpoint(const std::string &endpoint, const std::string &url) {
    detail::call([&](auto error) {
      return sas_psc_environment_set_endpoint(environment_.get(), endpoint.c_str(), url.c_str(), error);
    });
  }
  /// Accepts discovered addresses on these hosts alone, separated by spaces.
  void set_hosts(const std::string &hosts) {
    detail::call([&](auto error) { return sas_psc_environment_set_hosts(environment_.get(), hosts.c_str(), error); });
  }
  /// Accepts a provider that says it is the simulator, whose keys are public.
  void danger_allow_simulator() {
    detail::call([&](auto error) { return sas_psc_danger_allow_simulator(environment_.get(), error); });
  }

  /// The handle, for the C interface.
  const sas_psc_environment *get() const noexcept { return environment_.get(); }

private:
  template <typename Make> static Environment made(Make make) {
    Environment made;
    sas_psc_environment *environment = nullptr;
    detail::call([&](auto error) { return make(&environment, error); });
    made.environment_.reset(environment);
    return made;
  }

  detail::Handle<sas_psc_environment, sas_psc_environment_free> environment_;
};

/// A service as the provider knows it.
class Client {
public:
  /// Its client_id, its secret (none for a client that its TLS certificate proves), and where the browser comes back.
  Client(const std::string &client_id, const std::optional<std::string> &secret, const std::string &redirect_uri) {
    sas_psc_client *client = nullptr;
    detail::call([&](auto error) {
      return sas_psc_client_new(client_id.c_str(), secret ? secret->c_str() : nullptr, redirect_uri.c_str(), &client,
                                error);
    });
    client_.reset(client);
  }

  /// Sends the secret in the body (client_secret_post).
  void set_secret_in_body(const std::string &secret) {
    detail::call([&](auto error) { return sas_psc_client_set_secret_in_body(client_.get(), secret.c_str(), error); });
  }
  /// Signs an assertion for each request (private_key_jwt). Throws Error: assertion-key.
  void set_private_key(const std::string &private_key, const std::optional<std::string> &key_id = std::nullopt,
                       const std::optional<std::string> &audience = std::nullopt) {
    detail::call([&](auto error) {
      return sas_psc_client_set_private_key(client_.get(), private_key.c_str(), key_id ? key_id->c_str() : nullptr,
                                            audience ? audience->c_str() : nullptr, error);
    });
  }
  /// Says that your requests present a client certificate beside this authentication.
  void set_presents_certificate() {
    detail::call([&](auto error) { return sas_psc_client_set_presents_certificate(client_.get(), error); });
  }

  /// Asks for other scopes than "openid scope_all", separated by spaces.
  void set_scope(const std::string &scope) {
    detail::call([&](auto error) { return sas_psc_client_set_scope(client_.get(), scope.c_str(), error); });
  }
  /// Asks for at least this level: "eidas1", "eidas2", "eidas3". Throws Error: acr-unknown.
  void set_acr(const std::string &acr) {
    detail::call([&](auto error) { return sas_psc_client_set_acr(client_.get(), acr.c_str(), error); });
  }
  /// Accepts the level asked for and no higher one.
  void set_exact_acr() {
    detail::call([&](auto error) { return sas_psc_client_set_exact_acr(client_.get(), error); });
  }
  /// Takes an ID token that names no level for one of "eidas1".
  void set_allow_missing_acr() {
    detail::call([&](auto error) { return sas_psc_client_set_allow_missing_acr(client_.get(), error); });
  }
  /// How far the provider's clock may be off in the times of its tokens: 30 seconds by default, at most ten minutes.
  void set_leeway(std::chrono::seconds leeway) {
    detail::call([&](auto error) { return sas_psc_client_set_leeway(client_.get(), leeway.count(), error); });
  }
  /// Names people by their RPPS alone in CIBA requests.
  void set_login_hint_rpps() {
    detail::call([&](auto error) { return sas_psc_client_set_login_hint_rpps(client_.get(), error); });
  }
  /// Sends the browser on to the local identity provider that Pro Santé Connect delegates to (kc_idp_hint).
  void set_idp_hint(const std::string &alias) {
    detail::call([&](auto error) { return sas_psc_client_set_idp_hint(client_.get(), alias.c_str(), error); });
  }

  /// The handle, for the C interface.
  const sas_psc_client *get() const noexcept { return client_.get(); }

private:
  detail::Handle<sas_psc_client, sas_psc_client_free> client_;
};

class Steps;

/// A service at its provider: what sign-ins start from. Made once, used by any number of threads.
class Service {
public:
  /// Takes over a service of the C interface.
  explicit Service(sas_psc_service *service) : service_(service) {}

  /// The client at the provider, by the addresses that the library knows of it.
  Service(const Environment &environment, const Client &client) {
    sas_psc_service *service = nullptr;
    detail::call([&](auto error) { return sas_psc_service_new(environment.get(), client.get(), &service, error); });
    service_.reset(service);
  }

  /// Begins to ask whether an access or a refresh token works: run the steps. The service must be entitled to.
  Steps introspect(const std::string &token) const;
  /// Begins to ask that a token stop working; that of a refresh token ends the provider's session: run the steps.
  Steps revoke(const std::string &token) const;

  /// The handle, for the C interface.
  const sas_psc_service *get() const noexcept { return service_.get(); }

private:
  detail::Handle<sas_psc_service, sas_psc_service_free> service_;
};

/// A request to send: over TLS, without following redirects. Its headers and body may hold secrets.
class Request {
public:
  /// Takes over a request of the C interface.
  explicit Request(sas_psc_request *request) : request_(request) {}

  /// "GET" or "POST".
  std::string_view method() const noexcept { return detail::text(sas_psc_request_method(request_.get())); }
  /// The absolute address.
  std::string_view url() const noexcept { return detail::text(sas_psc_request_url(request_.get())); }
  /// How many headers.
  std::size_t header_count() const noexcept { return sas_psc_request_header_count(request_.get()); }
  /// The name and the value of a header, from 0 to header_count() - 1.
  std::pair<std::string_view, std::string_view> header(std::size_t index) const noexcept {
    return {detail::text(sas_psc_request_header_name(request_.get(), index)),
            detail::text(sas_psc_request_header_value(request_.get(), index))};
  }
  /// The body; empty for a GET.
  std::string_view body() const noexcept {
    return {static_cast<const char *>(sas_psc_request_body(request_.get())), sas_psc_request_body_len(request_.get())};
  }

private:
  detail::Handle<sas_psc_request, sas_psc_request_free> request_;
};

/// What a server answered.
class Response {
public:
  /// An answer with this status and this body, of at most 1 MiB.
  Response(std::uint32_t status, std::string_view body) {
    sas_psc_response *response = nullptr;
    detail::call([&](auto error) { return sas_psc_response_new(status, body.data(), body.size(), &response, error); });
    response_.reset(response);
  }

  /// Adds a header that was received.
  void add_header(const std::string &name, const std::string &value) {
    detail::call([&](auto error) {
      return sas_psc_response_add_header(response_.get(), name.c_str(), value.c_str(), error);
    });
  }

  /// The handle, for the C interface.
  const sas_psc_response *get() const noexcept { return response_.get(); }

private:
  detail::Handle<sas_psc_response, sas_psc_response_free> response_;
};

namespace detail {

/// Plays steps to their end: next(now, request, until, error), answered(response, now, error), failed(why, now, error).
template <typename Next, typename Answered, typename Failed, typename Send, typename Sleep>
void play(Next next, Answered answered, Failed failed, Send send, Sleep sleep_until) {
  const auto now = [] { return millis(std::chrono::system_clock::now()); };
  for (;;) {
    sas_psc_request *request = nullptr;
    std::int64_t until = 0;
    call([&](auto error) { return next(now(), &request, &until, error); });
    if (request == nullptr && until == 0) return;
    if (request == nullptr) {
      sleep_until(Time(std::chrono::milliseconds(until)));
      continue;
    }
    const std::optional<Response> response = send(Request(request));
    call([&](auto error) {
      return response ? answered(response->get(), now(), error) : failed(SAS_PSC_ERROR_CONNECTION_LOST, now(), error);
    });
  }
}

/// A text that a call makes.
template <typename Say> std::string said(Say say) {
  sas_psc_string *text = nullptr;
  call([&](auto error) { return say(&text, error); });
  return taken(text);
}

} // namespace detail

/// A call that sends requests on its way to a text.
class Steps {
public:
  /// Takes over steps of the C interface.
  explicit Steps(sas_psc_steps *steps) : steps_(steps) {}

  /// Plays them to their end, as Exchange::run; what they came to. Throws Error.
  template <typename Send, typename Sleep> std::string run(Send send, Sleep sleep_until) {
    auto *steps = steps_.get();
    detail::play([=](auto... with) { return sas_psc_steps_next(steps, with...); },
                 [=](auto... with) { return sas_psc_steps_answered(steps, with...); },
                 [=](auto... with) { return sas_psc_steps_failed(steps, with...); }, send, sleep_until);
    return detail::said([&](auto out, auto error) { return sas_psc_steps_answer(steps_.get(), out, error); });
  }

private:
  detail::Handle<sas_psc_steps, sas_psc_steps_free> steps_;
};

namespace detail {

/// Steps that a call makes.
template <typename Make> Steps steps(Make make) {
  sas_psc_steps *steps = nullptr;
  call([&](auto error) { return make(&steps, error); });
  return Steps(steps);
}

} // namespace detail

inline Steps Service::introspect(const std::string &token) const {
  return detail::steps([&](auto out, auto error) { return sas_psc_service_introspect(get(), token.c_str(), out, error); });
}

inline Steps Service::revoke(const std::string &token) const {
  return detail::steps([&](auto out, auto error) { return sas_psc_service_revoke(get(), token.c_str(), out, error); });
}

/// Begins to examine a provider, in the order in which it would be mended; nobody signs in: run the steps, which come to the
/// JSON of sas_psc_examine.
inline Steps examine(const Environment &environment, const Client &client, const char *lang = "fr",
                     Time now = std::chrono::system_clock::now()) {
  return detail::steps([&](auto out, auto error) {
    return sas_psc_examine(environment.get(), client.get(), lang, detail::millis(now), out, error);
  });
}

/// Begins to look at what a provider shows of itself: run the steps, which come to the JSON of sas_psc_observe.
inline Steps observe(const Environment &environment, const Client &client, const char *lang = "fr",
                     Time now = std::chrono::system_clock::now()) {
  return detail::steps([&](auto out, auto error) {
    return sas_psc_observe(environment.get(), client.get(), lang, detail::millis(now), out, error);
  });
}

/// Where and how the provider's access token is exchanged for one of an API (RFC 8693).
class TokenExchange {
public:
  /// At this token endpoint, as this client, for these scopes. Throws Error: backend-settings.
  TokenExchange(const std::string &token_url, const Client &client, const std::string &scope) {
    sas_psc_token_exchange *exchange = nullptr;
    detail::call([&](auto error) {
      return sas_psc_token_exchange_new(token_url.c_str(), client.get(), scope.c_str(), &exchange, error);
    });
    exchange_.reset(exchange);
  }

  /// Names another subject_issuer than "psc", or none.
  void set_subject_issuer(const std::optional<std::string> &issuer) {
    detail::call([&](auto error) {
      return sas_psc_token_exchange_set_subject_issuer(exchange_.get(), issuer ? issuer->c_str() : nullptr, error);
    });
  }
  /// Calls the provider's token a JWT.
  void set_subject_as_jwt() {
    detail::call([&](auto error) { return sas_psc_token_exchange_set_subject_as_jwt(exchange_.get(), error); });
  }
  /// Begins to exchange an access token: run the steps, which come to the JSON of sas_psc_token_exchange_begin.
  Steps begin(const std::string &access_token, Time now = std::chrono::system_clock::now()) const {
    return detail::steps([&](auto out, auto error) {
      return sas_psc_token_exchange_begin(exchange_.get(), access_token.c_str(), detail::millis(now), out, error);
    });
  }

private:
  detail::Handle<sas_psc_token_exchange, sas_psc_token_exchange_free> exchange_;
};

/// A provider asked for its metadata. Ask again every hour.
class Discovery {
public:
  /// On the client's behalf.
  Discovery(const Environment &environment, const Client &client) {
    sas_psc_discovery *discovery = nullptr;
    detail::call([&](auto error) { return sas_psc_discovery_new(environment.get(), client.get(), &discovery, error); });
    discovery_.reset(discovery);
  }

  /// Asks, as Exchange::run: the client at the provider. Throws Error: discovery-issuer, discovery-host, provider-answer.
  template <typename Send, typename Sleep> Service run(Send send, Sleep sleep_until) {
    auto *asked = discovery_.get();
    detail::play([=](auto... with) { return sas_psc_discovery_next(asked, with...); },
                 [=](auto... with) { return sas_psc_discovery_answered(asked, with...); },
                 [=](auto... with) { return sas_psc_discovery_failed(asked, with...); }, send, sleep_until);
    sas_psc_service *service = nullptr;
    detail::call([&](auto error) { return sas_psc_discovery_service(discovery_.get(), &service, error); });
    return Service(service);
  }
  /// Which addresses differ from those that the library knows, as JSON. Throws Error: not-done.
  std::string drift() const {
    return detail::said([&](auto out, auto error) { return sas_psc_discovery_drift(discovery_.get(), out, error); });
  }

private:
  detail::Handle<sas_psc_discovery, sas_psc_discovery_free> discovery_;
};

/// A sign-in on its way to who signed in.
class Exchange {
public:
  /// Takes over an exchange of the C interface.
  explicit Exchange(sas_psc_exchange *exchange) : exchange_(exchange) {}

  /// Plays it to its end: send(Request) answers with a std::optional<Response>, empty when no answer came;
  /// sleep_until(Time) waits. Who signed in, as JSON without any token. Throws Error.
  template <typename Send, typename Sleep> std::string run(Send send, Sleep sleep_until) {
    auto *exchange = exchange_.get();
    detail::play([=](auto... with) { return sas_psc_exchange_next(exchange, with...); },
                 [=](auto... with) { return sas_psc_exchange_answered(exchange, with...); },
                 [=](auto... with) { return sas_psc_exchange_failed(exchange, with...); }, send, sleep_until);
    const auto now = detail::millis(std::chrono::system_clock::now());
    return detail::said([&](auto out, auto error) { return sas_psc_exchange_signed_in(exchange, now, out, error); });
  }

  /// The handle, for the C interface.
  const sas_psc_exchange *get() const noexcept { return exchange_.get(); }

private:
  detail::Handle<sas_psc_exchange, sas_psc_exchange_free> exchange_;
};

/// What a sign-in asks beyond the client's defaults.
class SignInOptions {
public:
  /// Nothing.
  SignInOptions() {
    sas_psc_sign_in_options *options = nullptr;
    detail::call([&](auto error) { return sas_psc_sign_in_options_new(&options, error); });
    options_.reset(options);
  }

  /// The language of the provider's pages.
  void set_lang(const std::string &lang) {
    detail::call([&](auto error) { return sas_psc_sign_in_options_set_lang(options_.get(), lang.c_str(), error); });
  }
  /// The person proved who they are within this time, else sign-in-not-fresh.
  void set_fresh_within(std::chrono::seconds within) {
    detail::call([&](auto error) {
      return sas_psc_sign_in_options_set_fresh_within(options_.get(), static_cast<std::uint64_t>(within.count()), error);
    });
  }
  /// Asks the person again, whatever session the provider has.
  void set_prompt_login() {
    detail::call([&](auto error) { return sas_psc_sign_in_options_set_prompt_login(options_.get(), error); });
  }
  /// Shows no page, else sign-in-required.
  void set_prompt_none() {
    detail::call([&](auto error) { return sas_psc_sign_in_options_set_prompt_none(options_.get(), error); });
  }
  /// The answer comes back in the body of a POST.
  void set_form_post() {
    detail::call([&](auto error) { return sas_psc_sign_in_options_set_form_post(options_.get(), error); });
  }

  /// The handle, for the C interface.
  const sas_psc_sign_in_options *get() const noexcept { return options_.get(); }

private:
  detail::Handle<sas_psc_sign_in_options, sas_psc_sign_in_options_free> options_;
};

/// A sign-in whose answer is awaited: ten minutes, one use. It holds secrets.
class Authorization {
public:
  /// Takes over a sign-in of the C interface.
  explicit Authorization(sas_psc_authorization *authorization) : authorization_(authorization) {}

  /// Begins a sign-in: what to keep, and where to send the browser.
  static std::pair<Authorization, std::string> begin(const Service &service,
                                                     Time now = std::chrono::system_clock::now()) {
    sas_psc_authorization *begun = nullptr;
    sas_psc_string *url = nullptr;
    detail::call([&](auto error) {
      return sas_psc_authorization_begin(service.get(), detail::millis(now), &begun, &url, error);
    });
    return {Authorization(begun), detail::taken(url)};
  }

  /// Reads a stored form. Throws Error: stored-form-unreadable, authorization-expired.
  static Authorization resume(std::string_view stored, Time now = std::chrono::system_clock::now()) {
    sas_psc_authorization *resumed = nullptr;
    detail::call([&](auto error) {
      return sas_psc_authorization_resume(stored.data(), stored.size(), detail::millis(now), &resumed, error);
    });
    return Authorization(resumed);
  }

  /// Takes what the browser brought back: the callback's address or its query. Throws Error, and is then as before.
  Exchange finish(const Service &service, const std::string &callback, Time now = std::chrono::system_clock::now()) {
    sas_psc_exchange *exchange = nullptr;
    detail::call([&](auto error) {
      return sas_psc_authorization_finish(authorization_.get(), service.get(), callback.c_str(), detail::millis(now),
                                          &exchange, error);
    });
    return Exchange(exchange);
  }

  /// The stored form, for a server that forgets between two requests. It holds secrets.
  std::string to_stored() const {
    sas_psc_string *stored = nullptr;
    detail::call([&](auto error) { return sas_psc_authorization_to_stored(authorization_.get(), &stored, error); });
    return detail::taken(stored);
  }

private:
  detail::Handle<sas_psc_authorization, sas_psc_authorization_free> authorization_;
};

/// The keys that seal: the newest seals, each opens. At least 32 random bytes each, kept out of the store.
class KeyRing {
public:
  /// A ring of one key. Throws Error: server-key-short.
  explicit KeyRing(std::string_view key) {
    sas_psc_key_ring *ring = nullptr;
    detail::call([&](auto error) { return sas_psc_key_ring_new(key.data(), key.size(), &ring, error); });
    ring_.reset(ring);
  }

  /// Opens with this key too, and never seals with it. Throws Error: server-key-short.
  void add_older(std::string_view key) {
    detail::call([&](auto error) { return sas_psc_key_ring_add_older(ring_.get(), key.data(), key.size(), error); });
  }

  /// The handle, for the C interface.
  const sas_psc_key_ring *get() const noexcept { return ring_.get(); }

private:
  detail::Handle<sas_psc_key_ring, sas_psc_key_ring_free> ring_;
};

/// The addresses to which a browser may be sent; the first is where it goes when nothing is asked.
class ReturnAddresses {
public:
  /// Paths of this site or absolute https addresses. Throws Error: address-refused.
  explicit ReturnAddresses(const std::vector<std::string> &addresses) {
    std::string lines;
    for (const auto &address : addresses) lines += address + "\n";
    sas_psc_return_addresses *returns = nullptr;
    detail::call([&](auto error) { return sas_psc_return_addresses_new(lines.c_str(), &returns, error); });
    returns_.reset(returns);
  }

  /// The address when it is in the list. Throws Error: return-address-refused.
  std::string parse(const std::string &address) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_return_addresses_parse(returns_.get(), address.c_str(), out, error);
    });
  }
  /// The address when it is in the list, else the first.
  std::string parse_or_first(const std::string &address) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_return_addresses_parse_or_first(returns_.get(), address.c_str(), out, error);
    });
  }

  /// The handle, for the C interface.
  const sas_psc_return_addresses *get() const noexcept { return returns_.get(); }

private:
  detail::Handle<sas_psc_return_addresses, sas_psc_return_addresses_free> returns_;
};

/// A browser about to leave for the provider.
struct Leaving {
  /// Where to send it.
  std::string url;
  /// The values of the Set-Cookie headers to send with it.
  std::vector<std::string> cookies;
};

/// A browser that came back with an answer to a sign-in that it began.
struct Returned {
  /// The sign-in, to be finished with the same callback.
  Authorization pending;
  /// Where to go when it went well.
  std::string return_to;
  /// The values of the Set-Cookie headers to send whatever comes of it.
  std::vector<std::string> cookies;
};

/// Sign-ins under way, sealed in the browser's cookies. Made once, used by any number of threads.
class SignInCookies {
public:
  /// Sealed with these keys; afterwards to an address of this list.
  SignInCookies(const KeyRing &keys, const ReturnAddresses &returns) {
    sas_psc_sign_in_cookies *cookies = nullptr;
    detail::call([&](auto error) { return sas_psc_sign_in_cookies_new(keys.get(), returns.get(), &cookies, error); });
    cookies_.reset(cookies);
  }

  /// Begins a sign-in; cookies is the request's Cookie header, asked where the person wants to go afterwards.
  Leaving leave(const Service &service, const std::string &cookies, const std::string &asked = "",
                const SignInOptions &options = SignInOptions(), Time now = std::chrono::system_clock::now()) const {
    sas_psc_leaving *raw = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sign_in_cookies_leave(cookies_.get(), service.get(), options.get(), cookies.c_str(), asked.c_str(),
                                           detail::millis(now), &raw, error);
    });
    const detail::Handle<sas_psc_leaving, sas_psc_leaving_free> leaving(raw);
    Leaving left{sas_psc_leaving_url(raw), {}};
    for (std::size_t at = 0; at < sas_psc_leaving_cookie_count(raw); at++)
      left.cookies.emplace_back(sas_psc_leaving_cookie(raw, at));
    return left;
  }

  /// Finds the sign-in that a callback answers. Throws Error: authorization-state, authorization-expired.
  Returned back(const Service &service, const std::string &cookies, const std::string &callback,
                Time now = std::chrono::system_clock::now()) const {
    sas_psc_returned *raw = nullptr;
    sas_psc_authorization *pending = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sign_in_cookies_back(cookies_.get(), service.get(), cookies.c_str(), callback.c_str(),
                                          detail::millis(now), &raw, error);
    });
    const detail::Handle<sas_psc_returned, sas_psc_returned_free> returned(raw);
    detail::call([&](auto error) { return sas_psc_returned_take(raw, &pending, error); });
    Returned back{Authorization(pending), sas_psc_returned_return_to(raw), {}};
    for (std::size_t at = 0; at < sas_psc_returned_cookie_count(raw); at++)
      back.cookies.emplace_back(sas_psc_returned_cookie(raw, at));
    return back;
  }

private:
  detail::Handle<sas_psc_sign_in_cookies, sas_psc_sign_in_cookies_free> cookies_;
};

/// A person signed in. It holds who they are and their tokens.
class SignedIn {
public:
  /// Takes over one of the C interface.
  explicit SignedIn(sas_psc_signed_in *signed_in) : signed_in_(signed_in) {}

  /// Who signed in through the browser. Throws Error: not-done.
  static SignedIn of(const Exchange &exchange) {
    sas_psc_signed_in *signed_in = nullptr;
    detail::call([&](auto error) { return sas_psc_signed_in_of_exchange(exchange.get(), &signed_in, error); });
    return SignedIn(signed_in);
  }

  /// The provider's key of the person (sub).
  std::string_view subject() const noexcept { return detail::text(sas_psc_signed_in_subject(signed_in_.get())); }
  /// "eidas1", "eidas2", "eidas3".
  std::string_view acr() const noexcept { return detail::text(sas_psc_signed_in_acr(signed_in_.get())); }
  /// When the person proved who they are.
  Time auth_time() const { return Time(std::chrono::milliseconds(sas_psc_signed_in_auth_time(signed_in_.get()))); }

  /// The handle, for the C interface.
  const sas_psc_signed_in *get() const noexcept { return signed_in_.get(); }

private:
  detail::Handle<sas_psc_signed_in, sas_psc_signed_in_free> signed_in_;
};

namespace detail {

/// A text that its handle may not have.
inline std::optional<std::string_view> optional(const char *text) noexcept {
  if (text == nullptr) return std::nullopt;
  return text;
}

inline std::optional<Time> moment(std::int64_t millis) {
  if (millis == 0) return std::nullopt;
  return Time(std::chrono::milliseconds(millis));
}

inline std::uint64_t whole(std::chrono::seconds seconds) noexcept {
  return seconds.count() < 0 ? 0 : static_cast<std::uint64_t>(seconds.count());
}

} // namespace detail

/// The tokens of a person who signed in, for a program that keeps them itself. Each is a secret, for a server only.
class Tokens {
public:
  /// Takes over tokens of the C interface.
  explicit Tokens(sas_psc_tokens *tokens) : tokens_(tokens) {}

  /// Those that came with a sign-in.
  static Tokens of(const SignedIn &signed_in) {
    sas_psc_tokens *tokens = nullptr;
    detail::call([&](auto error) { return sas_psc_tokens_of(signed_in.get(), &tokens, error); });
    return Tokens(tokens);
  }
  /// Reads a stored form. Throws Error: stored-form-unreadable, stored-form-newer.
  static Tokens resume(std::string_view stored) {
    sas_psc_tokens *tokens = nullptr;
    detail::call([&](auto error) { return sas_psc_tokens_resume(stored.data(), stored.size(), &tokens, error); });
    return Tokens(tokens);
  }

  /// The stored form. It holds every token: seal it before it leaves the server's memory.
  std::string to_stored() const {
    return detail::said([&](auto out, auto error) { return sas_psc_tokens_to_stored(get(), out, error); });
  }
  /// The token that opens the APIs which the provider protects.
  std::string access_token() const {
    return detail::said([&](auto out, auto error) { return sas_psc_tokens_access_token(get(), out, error); });
  }
  /// When the access token ends.
  Time access_expires_at() const { return Time(std::chrono::milliseconds(sas_psc_tokens_access_expires_at(get()))); }
  /// When the refresh token ends; none when there is none or the provider did not say.
  std::optional<Time> refresh_expires_at() const { return detail::moment(sas_psc_tokens_refresh_expires_at(get())); }
  /// The scopes granted, separated by spaces.
  std::string_view granted_scope() const noexcept { return detail::text(sas_psc_tokens_granted_scope(get())); }
  /// Whose tokens they are (sub).
  std::string_view subject() const noexcept { return detail::text(sas_psc_tokens_subject(get())); }

  /// Begins to get new tokens for these: run the steps, and keep what they come to, for resume, at once in place of these.
  /// Throws Error: session-ended when the person must sign in again; after any other error these stay good.
  Steps refresh(const Service &service, Time now = std::chrono::system_clock::now()) const {
    return detail::steps([&](auto out, auto error) {
      return sas_psc_service_refresh(service.get(), get(), detail::millis(now), out, error);
    });
  }
  /// Begins to end the provider's session without a browser: run the steps.
  Steps end_session(const Service &service) const {
    return detail::steps([&](auto out, auto error) { return sas_psc_service_end_session(service.get(), get(), out, error); });
  }
  /// Where to send the browser of a person who clicked "sign out". It holds a token: a redirect, never a log line.
  std::string logout_url(const Service &service, const std::optional<std::string> &post_logout = std::nullopt,
                         const std::optional<std::string> &state = std::nullopt) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_service_logout_url(service.get(), get(), post_logout ? post_logout->c_str() : nullptr,
                                        state ? state->c_str() : nullptr, out, error);
    });
  }

  /// The handle, for the C interface.
  const sas_psc_tokens *get() const noexcept { return tokens_.get(); }

private:
  detail::Handle<sas_psc_tokens, sas_psc_tokens_free> tokens_;
};

/// The times of a session: what ANS states of Pro Santé Connect, each to be set.
class SessionRules {
public:
  /// The times that ANS states.
  SessionRules() {
    sas_psc_session_rules *rules = nullptr;
    detail::call([&](auto error) { return sas_psc_session_rules_new(&rules, error); });
    rules_.reset(rules);
  }

  /// How long a refresh token lives when the provider does not say: 30 minutes.
  void set_idle(std::chrono::seconds idle) {
    detail::call([&](auto error) { return sas_psc_session_rules_set_idle(rules_.get(), detail::whole(idle), error); });
  }
  /// How long a session may last after the person proved who they are: 4 hours.
  void set_longest(std::chrono::seconds longest) {
    detail::call([&](auto error) { return sas_psc_session_rules_set_longest(rules_.get(), detail::whole(longest), error); });
  }
  /// How long others leave a refresh to the one that began it: 45 seconds.
  void set_lease(std::chrono::seconds lease) {
    detail::call([&](auto error) { return sas_psc_session_rules_set_lease(rules_.get(), detail::whole(lease), error); });
  }
  /// The provider takes a refresh token again after it was used.
  void set_provider_takes_a_token_twice() {
    detail::call([&](auto error) {
      return sas_psc_session_rules_set_provider_takes_a_token_twice(rules_.get(), error);
    });
  }

  /// The handle, for the C interface.
  const sas_psc_session_rules *get() const noexcept { return rules_.get(); }

private:
  detail::Handle<sas_psc_session_rules, sas_psc_session_rules_free> rules_;
};

/// The sessions of a service, sealed in a SQLite file that all instances share. One may serve any number of threads.
class Sessions {
public:
  /// In the file at this path, with the times that ANS states or these. Throws Error: store-….
  Sessions(const Service &service, const std::string &path, const KeyRing &keys,
           const SessionRules &rules = SessionRules()) {
    sas_psc_sessions *sessions = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sessions_new(service.get(), path.c_str(), keys.get(), rules.get(), &sessions, error);
    });
    sessions_.reset(sessions);
  }

  /// Begins a session and gives its secret identifier, always a new one.
  std::string begin(const SignedIn &signed_in, Time now = std::chrono::system_clock::now()) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sessions_begin(sessions_.get(), signed_in.get(), detail::millis(now), out, error);
    });
  }
  /// Begins to get an access token that is good now: run the steps.
  Steps access_token(const std::string &id, Time now = std::chrono::system_clock::now()) const {
    return detail::steps([&](auto out, auto error) {
      return sas_psc_sessions_access_token(sessions_.get(), id.c_str(), detail::millis(now), out, error);
    });
  }
  /// How a session stands, as JSON: see sas_psc_sessions_state. Throws Error: session-unknown.
  std::string state(const std::string &id, Time now = std::chrono::system_clock::now()) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sessions_state(sessions_.get(), id.c_str(), detail::millis(now), out, error);
    });
  }
  /// The person clicked "sign out": where to send the browser, and the state that it brings back.
  std::pair<std::string, std::string> sign_out(const std::string &id, const ReturnAddresses &returns,
                                               const std::string &back,
                                               Time now = std::chrono::system_clock::now()) const {
    sas_psc_string *url = nullptr, *state = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sessions_sign_out(sessions_.get(), id.c_str(), returns.get(), back.c_str(), detail::millis(now),
                                       &url, &state, error);
    });
    return {detail::taken(url), detail::taken(state)};
  }
  /// Begins the same without a browser: run the steps.
  Steps sign_out_on_server(const std::string &id, Time now = std::chrono::system_clock::now()) const {
    return detail::steps([&](auto out, auto error) {
      return sas_psc_sessions_sign_out_on_server(sessions_.get(), id.c_str(), detail::millis(now), out, error);
    });
  }
  /// A local timeout: our session is over, the provider's is left alone. Throws Error: session-unknown.
  void forget(const std::string &id, Time now = std::chrono::system_clock::now()) const {
    detail::call([&](auto error) {
      return sas_psc_sessions_forget(sessions_.get(), id.c_str(), detail::millis(now), error);
    });
  }
  /// Takes the body of a POST to the back-channel logout address: run the steps; 200, or 400 when they throw.
  Steps back_channel_logout(std::string_view body, Time now = std::chrono::system_clock::now()) const {
    return detail::steps([&](auto out, auto error) {
      return sas_psc_sessions_back_channel_logout(sessions_.get(), body.data(), body.size(), detail::millis(now), out,
                                                  error);
    });
  }

private:
  detail::Handle<sas_psc_sessions, sas_psc_sessions_free> sessions_;
};

/// A mail of a sign-up, to send. It carries the link and the code: do not keep it.
class SignUpMail {
public:
  /// Takes over one of the C interface.
  explicit SignUpMail(sas_psc_sign_up_mail *mail) : mail_(mail) {}

  /// The account that it is of.
  std::string_view account() const noexcept { return detail::text(sas_psc_sign_up_mail_account(mail_.get())); }
  /// The address that it goes to.
  std::string_view to() const noexcept { return detail::text(sas_psc_sign_up_mail_to(mail_.get())); }
  /// What it says, as JSON: see sas_psc_sign_up_mail_message.
  std::string message() const {
    return detail::said([&](auto out, auto error) { return sas_psc_sign_up_mail_message(mail_.get(), out, error); });
  }

  /// The handle, for the C interface.
  const sas_psc_sign_up_mail *get() const noexcept { return mail_.get(); }

private:
  detail::Handle<sas_psc_sign_up_mail, sas_psc_sign_up_mail_free> mail_;
};

/// The sign-ups of a platform, in a SQLite file or a database. One may serve any number of threads. Answers are the JSON of
/// sas_psc_sign_up_new, in the language of the constructor.
class SignUp {
public:
  /// See sas_psc_sign_up_new. Throws Error: policy-unreadable, terms-invalid, email-link-base, server-key-short, store-….
  SignUp(const std::string &path, std::string_view key, const std::string &policy, const std::string &link_page,
         const std::string &lang = "fr")
      : lang_(lang) {
    sas_psc_sign_up *sign_up = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sign_up_new(path.c_str(), key.data(), key.size(), policy.c_str(), link_page.c_str(), nullptr,
                                 nullptr, &sign_up, error);
    });
    sign_up_.reset(sign_up);
  }

  /// Receives a person who signed in. Throws Error: account-closed, eligibility-….
  std::string welcome(const SignedIn &signed_in, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_welcome, now, signed_in.get());
  }
  /// Opens the closed account of a person who signed in again.
  std::string reopen(const SignedIn &signed_in, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_reopen, now, signed_in.get());
  }
  /// The account, as it stands. Throws Error: account-unknown, account-closed, as every step.
  std::string account(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_account, now, account.c_str());
  }
  /// Chooses the places that take part: a JSON list of ranks.
  std::string choose_places(const std::string &account, const std::string &ranks,
                            Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_choose_places, now, account.c_str(), ranks.c_str());
  }
  /// Gives the address to link. Then next_mail.
  std::string give_address(const std::string &account, const std::string &attempt, const std::string &address,
                           const std::optional<std::string> &network = std::nullopt,
                           Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_give_address, now, account.c_str(), attempt.c_str(), address.c_str(),
                  network ? network->c_str() : nullptr);
  }
  /// Asks that an address take the place of an active account's.
  std::string change_address(const std::string &account, const std::string &attempt, const std::string &address,
                             const std::optional<std::string> &network = std::nullopt,
                             Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_change_address, now, account.c_str(), attempt.c_str(), address.c_str(),
                  network ? network->c_str() : nullptr);
  }
  /// Asks for the mail again.
  std::string resend(const std::string &account, const std::string &attempt,
                     const std::optional<std::string> &network = std::nullopt,
                     Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_resend, now, account.c_str(), attempt.c_str(), network ? network->c_str() : nullptr);
  }
  /// The next mail to send, of this account or of any; none when there is none.
  std::optional<SignUpMail> next_mail(const std::optional<std::string> &account = std::nullopt,
                                      Time now = std::chrono::system_clock::now()) const {
    sas_psc_sign_up_mail *mail = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sign_up_next_mail(sign_up_.get(), account ? account->c_str() : nullptr, detail::millis(now), &mail,
                                       error);
    });
    if (mail == nullptr) return std::nullopt;
    return SignUpMail(mail);
  }
  /// The mail server took the mail.
  std::string handed_over(const SignUpMail &mail, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_handed_over, now, mail.get());
  }
  /// The mail did not leave, and why: see sas_psc_sign_up_not_handed_over.
  void not_handed_over(const SignUpMail &mail, std::int32_t why, Time now = std::chrono::system_clock::now()) const {
    detail::call([&](auto error) {
      return sas_psc_sign_up_not_handed_over(sign_up_.get(), mail.get(), why, detail::millis(now), error);
    });
  }
  /// Takes the code of the mail. Throws Error: email-code-wrong with "tries_left".
  std::string answer_code(const std::string &account, const std::string &attempt, const std::string &code,
                          Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_answer_code, now, account.c_str(), attempt.c_str(), code.c_str());
  }
  /// Takes the link's token, confirmed by a button.
  std::string answer_link(const std::string &account, const std::string &attempt, const std::string &token,
                          Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_answer_link, now, account.c_str(), attempt.c_str(), token.c_str());
  }
  /// What to show to whoever opened the link; visitor is the account and attempt of their session, if they have one.
  std::string open_link(const std::string &token,
                        const std::optional<std::pair<std::string, std::string>> &visitor = std::nullopt,
                        Time now = std::chrono::system_clock::now()) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sign_up_open_link(sign_up_.get(), visitor ? visitor->first.c_str() : nullptr,
                                       visitor ? visitor->second.c_str() : nullptr, token.c_str(), detail::millis(now),
                                       out, error);
    });
  }
  /// The terms in force, to show, as JSON: see sas_psc_sign_up_present_terms.
  std::string present_terms(const std::string &account, const std::string &attempt,
                            Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_present_terms, now, account.c_str(), attempt.c_str());
  }
  /// Accepts the terms with this hash. Throws Error: terms-changed when these were not shown, terms-not-ticked.
  std::string accept_terms(const std::string &account, const std::string &attempt, const std::string &hash, bool ticked,
                           Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_accept_terms, now, account.c_str(), attempt.c_str(), hash.c_str(), ticked);
  }
  /// Refuses the terms with this hash.
  std::string refuse_terms(const std::string &account, const std::string &attempt, const std::string &hash,
                           Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_refuse_terms, now, account.c_str(), attempt.c_str(), hash.c_str());
  }
  /// What settings say on the person's honour, as JSON, to review before they are saved.
  std::string declarations(const std::string &settings) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sign_up_declarations(settings.c_str(), lang_.c_str(), out, error);
    });
  }
  /// The person saves their settings, as SAS writes them.
  std::string save_settings(const std::string &account, const std::string &settings,
                            Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_save_settings, now, account.c_str(), settings.c_str());
  }
  /// Somebody else saves them, by their own sign-in: role is "delegate", "administrator" or "cpts-manager 540002698 …" with
  /// the CPTS that they manage. Throws Error: declaration-by-another for what is sworn, cpts-not-managed, usage for another
  /// role.
  std::string save_settings_as(const std::string &account, const std::string &role, const SignedIn &signed_in,
                               const std::string &settings, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_save_settings_as, now, account.c_str(), role.c_str(), signed_in.get(),
                  settings.c_str());
  }
  /// The terms in force, as JSON, when a change that asks for no new answer has to be told; none otherwise.
  std::optional<std::string> terms_notice(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    sas_psc_string *terms = nullptr;
    detail::call([&](auto error) {
      return sas_psc_sign_up_terms_notice(sign_up_.get(), account.c_str(), lang_.c_str(), detail::millis(now), &terms,
                                          error);
    });
    if (terms == nullptr) return std::nullopt;
    return detail::taken(terms);
  }
  /// The person has seen the notice.
  std::string terms_noticed(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_terms_noticed, now, account.c_str());
  }
  /// The person no longer wants the change of address in progress.
  std::string drop_address_change(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    return answer(sas_psc_sign_up_drop_address_change, now, account.c_str());
  }
  /// The person closes their account, which withdraws their acceptance of the terms.
  void close(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    detail::call([&](auto error) {
      return sas_psc_sign_up_close(sign_up_.get(), account.c_str(), detail::millis(now), error);
    });
  }

  /// Erases the account at the person's word, and says how many records were.
  std::uint64_t erase(const std::string &account, Time now = std::chrono::system_clock::now()) const {
    std::uint64_t records = 0;
    detail::call([&](auto error) {
      return sas_psc_sign_up_erase(sign_up_.get(), account.c_str(), detail::millis(now), &records, error);
    });
    return records;
  }
  /// All that is held of the person, as JSON; log, for the receipts, is one that the records are fed to, or null.
  std::string export_data(const std::string &account, const sas_psc_consent_log *log = nullptr,
                          Time now = std::chrono::system_clock::now()) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sign_up_export(sign_up_.get(), account.c_str(), log, detail::millis(now), out, error);
    });
  }
  /// Does what is due for accounts that are not used, and gives the mails to send: see sas_psc_sign_up_run_due.
  std::string run_due(std::uint32_t limit, Time now = std::chrono::system_clock::now()) const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_sign_up_run_due(sign_up_.get(), limit, detail::millis(now), out, error);
    });
  }
  /// A notice that was due left, or its address is gone for good.
  void noticed(const std::string &account, const std::string &due, bool refused,
               Time now = std::chrono::system_clock::now()) const {
    detail::call([&](auto error) {
      return sas_psc_sign_up_noticed(sign_up_.get(), account.c_str(), due.c_str(), refused, detail::millis(now), error);
    });
  }

  /// The handle, for the C interface.
  const sas_psc_sign_up *get() const noexcept { return sign_up_.get(); }

private:
  /// A call whose last inputs are the language and the time.
  template <typename Step, typename... Args> std::string answer(Step step, Time now, Args... args) const {
    return detail::said([&](auto out, auto error) {
      return step(sign_up_.get(), args..., lang_.c_str(), detail::millis(now), out, error);
    });
  }

  std::string lang_;
  detail::Handle<sas_psc_sign_up, sas_psc_sign_up_free> sign_up_;
};

/// A person at a workstation, and the times that the site has chosen: when it locks, when they prove again who they are.
class Presence {
public:
  /// What the person may do: "open", "lock", "renew"; and when that changes although nothing happens, if it does.
  struct Judgement {
    /// The word.
    std::string_view may;
    /// When it changes.
    std::optional<Time> changes_at;
  };

  /// Somebody who proved who they are then and is here now. By default nothing locks and nothing is renewed.
  explicit Presence(Time authenticated_at, Time now = std::chrono::system_clock::now())
      : Presence([&](auto out, auto error) {
          return sas_psc_presence_new(detail::millis(authenticated_at), detail::millis(now), out, error);
        }) {}
  /// The same from the evidence.
  static Presence of(const SignedIn &signed_in, Time now = std::chrono::system_clock::now()) {
    return Presence([&](auto out, auto error) {
      return sas_psc_presence_of(signed_in.get(), detail::millis(now), out, error);
    });
  }
  /// The same again from what was kept of it.
  static Presence kept(Time authenticated_at, Time active_at, bool locked) {
    return Presence([&](auto out, auto error) {
      return sas_psc_presence_kept(detail::millis(authenticated_at), detail::millis(active_at), locked, out, error);
    });
  }

  /// Locks after this time without activity (IEPS 13).
  void set_lock_after(std::chrono::seconds after) {
    detail::call([&](auto error) { return sas_psc_presence_set_lock_after(presence_.get(), detail::whole(after), error); });
  }
  /// Asks for a new proof this time after the last (IEPS 6).
  void set_renew_every(std::chrono::seconds every) {
    detail::call([&](auto error) { return sas_psc_presence_set_renew_every(presence_.get(), detail::whole(every), error); });
  }

  /// What the person may do now.
  Judgement judge(Time now = std::chrono::system_clock::now()) const {
    std::int64_t changes_at = 0;
    const char *may = sas_psc_presence_judge(presence_.get(), detail::millis(now), &changes_at);
    return {detail::text(may), detail::moment(changes_at)};
  }
  /// The person did something, which counts only while they may.
  Judgement touched(Time now = std::chrono::system_clock::now()) {
    std::int64_t changes_at = 0;
    const char *may = sas_psc_presence_touched(presence_.get(), detail::millis(now), &changes_at);
    return {detail::text(may), detail::moment(changes_at)};
  }
  /// The person locked the workstation, or it was told to.
  void lock() {
    detail::call([&](auto error) { return sas_psc_presence_lock(presence_.get(), error); });
  }
  /// The application's own lock was opened.
  void unlocked(Time now = std::chrono::system_clock::now()) {
    detail::call([&](auto error) { return sas_psc_presence_unlocked(presence_.get(), detail::millis(now), error); });
  }
  /// The person proved again who they are.
  void renewed(Time authenticated_at, Time now = std::chrono::system_clock::now()) {
    detail::call([&](auto error) {
      return sas_psc_presence_renewed(presence_.get(), detail::millis(authenticated_at), detail::millis(now), error);
    });
  }

  /// When the person proved who they are, to be kept.
  Time authenticated_at() const {
    return Time(std::chrono::milliseconds(sas_psc_presence_authenticated_at(presence_.get())));
  }
  /// When they last did something that counted, to be kept.
  Time active_at() const { return Time(std::chrono::milliseconds(sas_psc_presence_active_at(presence_.get()))); }
  /// Whether the lock was closed, to be kept.
  bool is_locked() const noexcept { return sas_psc_presence_is_locked(presence_.get()); }

private:
  template <typename Make, typename = decltype(std::declval<Make>()(nullptr, nullptr))> explicit Presence(Make make) {
    sas_psc_presence *presence = nullptr;
    detail::call([&](auto error) { return make(&presence, error); });
    presence_.reset(presence);
  }

  detail::Handle<sas_psc_presence, sas_psc_presence_free> presence_;
};

/// Whether a provider can be reached, as far as its last answers tell. One per provider, told of every request.
class Availability {
public:
  /// Nothing is known yet: it can be reached.
  Availability() {
    sas_psc_availability *availability = nullptr;
    detail::call([&](auto error) { return sas_psc_availability_new(&availability, error); });
    availability_.reset(availability);
  }

  /// Takes an answer: from the protocol, even to refuse, it ends an outage.
  void answered(const Response &response, Time now = std::chrono::system_clock::now()) {
    detail::call([&](auto error) {
      return sas_psc_availability_answered(availability_.get(), response.get(), detail::millis(now), error);
    });
  }
  /// Takes a request that came to no answer, and why: SAS_PSC_ERROR_TIMED_OUT, _CONNECTION_LOST….
  void failed(std::int32_t why, Time now = std::chrono::system_clock::now()) {
    detail::call([&](auto error) {
      return sas_psc_availability_failed(availability_.get(), why, detail::millis(now), error);
    });
  }
  /// Whether to begin something new now. Throws Error: provider-unavailable, with retry_after.
  void ready(Time now = std::chrono::system_clock::now()) {
    detail::call([&](auto error) { return sas_psc_availability_ready(availability_.get(), detail::millis(now), error); });
  }
  /// The outage, as JSON with a text for a person; none while there is none.
  std::optional<std::string> outage(const char *lang = "fr", Time now = std::chrono::system_clock::now()) const {
    sas_psc_string *outage = nullptr;
    detail::call([&](auto error) {
      return sas_psc_availability_outage(availability_.get(), lang, detail::millis(now), &outage, error);
    });
    if (outage == nullptr) return std::nullopt;
    return detail::taken(outage);
  }

private:
  detail::Handle<sas_psc_availability, sas_psc_availability_free> availability_;
};

/// A certificate as tokens that are bound to it name it (RFC 8705).
class Thumbprint {
public:
  /// Of a certificate in DER.
  explicit Thumbprint(std::string_view certificate) : certificate_(certificate) {}

  /// As RFC 8705 writes it, x5t#S256.
  std::string x5t() const {
    return detail::said([&](auto out, auto error) {
      return sas_psc_thumbprint_x5t(certificate_.data(), certificate_.size(), out, error);
    });
  }
  /// Whether an x5t#S256 names this certificate, in either encoding.
  bool matches(const std::string &x5t) const noexcept {
    return sas_psc_thumbprint_matches(certificate_.data(), certificate_.size(), x5t.c_str());
  }
  /// Whether a token is bound to it, by its claims or an introspection as JSON; false when it is bound to none. Throws Error:
  /// token-binding when it is bound to another.
  bool check(const std::string &claims) const {
    bool bound = false;
    detail::call([&](auto error) {
      return sas_psc_thumbprint_check(certificate_.data(), certificate_.size(), claims.c_str(), &bound, error);
    });
    return bound;
  }

private:
  std::string certificate_;
};

/// An ID token that passed every check.
class VerifiedIdToken {
public:
  /// Takes over a token of the C interface.
  explicit VerifiedIdToken(sas_psc_verified_id_token *token) : token_(token) {}

  /// The provider's own key of the person (sub).
  std::string_view subject() const noexcept { return detail::text(sas_psc_verified_id_token_subject(token_.get())); }
  /// The national identifier, when the token names one.
  std::optional<std::string_view> id_nat() const noexcept {
    return detail::optional(sas_psc_verified_id_token_id_nat(token_.get()));
  }
  /// The provider's session (sid), when the token names one.
  std::optional<std::string_view> session_id() const noexcept {
    return detail::optional(sas_psc_verified_id_token_session_id(token_.get()));
  }
  /// "eidas1", "eidas2", "eidas3"; none when absent or unknown.
  std::optional<std::string_view> acr() const noexcept {
    return detail::optional(sas_psc_verified_id_token_acr(token_.get()));
  }
  /// "CARD", "MOBILE" or another word, when said.
  std::optional<std::string_view> auth_mode() const noexcept {
    return detail::optional(sas_psc_verified_id_token_auth_mode(token_.get()));
  }
  /// When the person proved who they are, when said.
  std::optional<Time> auth_time() const { return detail::moment(sas_psc_verified_id_token_auth_time(token_.get())); }
  /// When it ends.
  Time expires_at() const { return Time(std::chrono::milliseconds(sas_psc_verified_id_token_expires_at(token_.get()))); }
  /// Every claim as received: the JSON that was signed.
  std::string claims() const {
    sas_psc_string *claims = nullptr;
    detail::call([&](auto error) { return sas_psc_verified_id_token_claims(token_.get(), &claims, error); });
    return detail::taken(claims);
  }

private:
  detail::Handle<sas_psc_verified_id_token, sas_psc_verified_id_token_free> token_;
};

/// What an ID token must satisfy, and the provider's keys, parsed. Made once, used by any number of threads.
class IdTokenCheck {
public:
  /// Issued by issuer for client_id, in time within 30 seconds, of any level. Throws Error: provider-answer,
  /// keys-unusable.
  IdTokenCheck(const std::string &issuer, const std::string &client_id, std::string_view jwks) {
    sas_psc_id_token_check *check = nullptr;
    detail::call([&](auto error) {
      return sas_psc_id_token_check_new(issuer.c_str(), client_id.c_str(), jwks.data(), jwks.size(), &check, error);
    });
    check_.reset(check);
  }

  /// At least this level. Throws Error: acr-unknown.
  void set_acr(const std::string &acr) {
    detail::call([&](auto error) { return sas_psc_id_token_check_set_acr(check_.get(), acr.c_str(), error); });
  }
  /// The level asked for and no other.
  void set_exact_acr() {
    detail::call([&](auto error) { return sas_psc_id_token_check_set_exact_acr(check_.get(), error); });
  }
  /// Accepts a token without a level.
  void set_allow_missing_acr() {
    detail::call([&](auto error) { return sas_psc_id_token_check_set_allow_missing_acr(check_.get(), error); });
  }
  /// The person proved who they are within this time.
  void set_max_age(std::chrono::seconds age) {
    detail::call([&](auto error) { return sas_psc_id_token_check_set_max_age(check_.get(), age.count(), error); });
  }
  /// How far two clocks may differ.
  void set_leeway(std::chrono::seconds leeway) {
    detail::call([&](auto error) { return sas_psc_id_token_check_set_leeway(check_.get(), leeway.count(), error); });
  }

  /// Verifies a token. Throws Error: id-token-… by what is wrong, the claim in fact_word("claim") or ("field").
  VerifiedIdToken verify(const std::string &token, const std::optional<std::string> &nonce = std::nullopt,
                         const std::optional<std::string> &access_token = std::nullopt,
                         Time now = std::chrono::system_clock::now()) const {
    sas_psc_verified_id_token *verified = nullptr;
    detail::call([&](auto error) {
      return sas_psc_id_token_check_verify(check_.get(), token.c_str(), nonce ? nonce->c_str() : nullptr,
                                           access_token ? access_token->c_str() : nullptr, detail::millis(now),
                                           &verified, error);
    });
    return VerifiedIdToken(verified);
  }

private:
  detail::Handle<sas_psc_id_token_check, sas_psc_id_token_check_free> check_;
};

/// A health professional. It holds their name and numbers.
class Professional {
public:
  /// Takes over a professional of the C interface.
  explicit Professional(sas_psc_professional *person) : person_(person) {}

  /// The national identifier.
  std::string_view id_nat() const noexcept { return detail::text(sas_psc_professional_id_nat(person_.get())); }
  /// The RPPS number, when they have one.
  std::optional<std::string_view> rpps() const noexcept {
    return detail::optional(sas_psc_professional_rpps(person_.get()));
  }
  /// The ADELI number, when they have one.
  std::optional<std::string_view> adeli() const noexcept {
    return detail::optional(sas_psc_professional_adeli(person_.get()));
  }
  /// The name behind its title, to show.
  std::string_view display_name() const noexcept {
    return detail::text(sas_psc_professional_display_name(person_.get()));
  }
  /// Everything known, as JSON with a French label for each code.
  std::string json() const {
    return said([&](auto out, auto error) { return sas_psc_professional_json(person_.get(), out, error); });
  }
  /// How many situations they may choose from.
  std::size_t situation_count() const noexcept { return sas_psc_professional_situation_count(person_.get()); }
  /// The key and the line to show of a situation, from 0 to situation_count() - 1.
  std::pair<std::string_view, std::string_view> situation(std::size_t index) const noexcept {
    return {detail::text(sas_psc_professional_situation_key(person_.get(), index)),
            detail::text(sas_psc_professional_situation_label(person_.get(), index))};
  }
  /// Takes their choice, as JSON: {"person","key","practice"}. Throws Error: situation-unknown.
  std::string choose(const std::string &key) const {
    return said([&](auto out, auto error) { return sas_psc_professional_choose(person_.get(), key.c_str(), out, error); });
  }
  /// What an identifier kept before is to them: "same", "adeli-to-rpps", "renumbered", "unknown".
  std::string continuity(const std::string &kept_id_nat) const {
    return said([&](auto out, auto error) {
      return sas_psc_professional_continuity(person_.get(), kept_id_nat.c_str(), out, error);
    });
  }

private:
  template <typename Say> static std::string said(Say say) {
    sas_psc_string *text = nullptr;
    detail::call([&](auto error) { return say(&text, error); });
    return detail::taken(text);
  }

  detail::Handle<sas_psc_professional, sas_psc_professional_free> person_;
};

/// A userinfo document, in any of the shapes that the provider has used. It proves nothing: compare its subject with that
/// of the verified ID token.
class UserInfo {
public:
  /// Reads a document. Throws Error: provider-answer, userinfo-subject, userinfo-identity.
  explicit UserInfo(std::string_view body) {
    sas_psc_userinfo *info = nullptr;
    detail::call([&](auto error) { return sas_psc_userinfo_parse(body.data(), body.size(), &info, error); });
    info_.reset(info);
  }

  /// The provider's own key of the person (sub).
  std::string_view subject() const noexcept { return detail::text(sas_psc_userinfo_subject(info_.get())); }
  /// The person.
  Professional professional() const {
    sas_psc_professional *person = nullptr;
    detail::call([&](auto error) { return sas_psc_userinfo_professional(info_.get(), &person, error); });
    return Professional(person);
  }

private:
  detail::Handle<sas_psc_userinfo, sas_psc_userinfo_free> info_;
};

/// What is searched in the directory. What is empty is not asked; all that is asked has to hold.
struct DirectoryQuery {
  /// How the family name starts, from any of its parts on, whatever its accents, case and hyphens.
  std::string family_name;
  /// How a given name starts.
  std::string given_name;
  /// The code of the profession, "10".
  std::string profession;
  /// The code of the speciality, "SM26".
  std::string speciality;
  /// The postcode of a place of activity.
  std::string postcode;
  /// At most this many people.
  std::size_t limit = 20;
};

/// The index of the national directory in a folder, open for reading. One may serve any number of threads.
class Directory {
public:
  /// Opens it. Throws Error: directory-missing, directory-version, directory-damaged.
  explicit Directory(const std::string &folder) {
    sas_psc_directory *directory = nullptr;
    detail::call([&](auto error) { return sas_psc_directory_open(folder.c_str(), &directory, error); });
    directory_.reset(directory);
  }

  /// How many people it holds.
  std::uint32_t person_count() const noexcept { return sas_psc_directory_person_count(directory_.get()); }
  /// The line that the open licence asks to show beside the data.
  std::string_view attribution() const noexcept {
    return detail::text(sas_psc_directory_attribution(directory_.get()));
  }
  /// What it is made from, as JSON.
  std::string meta() const {
    return said([&](auto out, auto error) { return sas_psc_directory_meta(directory_.get(), out, error); });
  }
  /// The person with an RPPS number, an ADELI number or a national identifier; none when it is nobody's.
  std::optional<Professional> find(const std::string &id) const {
    sas_psc_professional *person = nullptr;
    detail::call([&](auto error) { return sas_psc_directory_find(directory_.get(), id.c_str(), &person, error); });
    if (person == nullptr) return std::nullopt;
    return Professional(person);
  }
  /// Everybody with an identifier of any kind, of a person or of a structure, as a JSON array.
  std::string lookup(const std::string &id) const {
    return said([&](auto out, auto error) {
      return sas_psc_directory_lookup(directory_.get(), id.c_str(), out, error);
    });
  }
  /// Searches people, as a JSON array. Throws Error: directory-question when nothing is asked.
  std::string search(const DirectoryQuery &query) const {
    return said([&](auto out, auto error) {
      return sas_psc_directory_search(directory_.get(), query.family_name.c_str(), query.given_name.c_str(),
                                      query.profession.c_str(), query.speciality.c_str(), query.postcode.c_str(),
                                      query.limit, out, error);
    });
  }
  /// Computes the checksum of the whole file. Throws Error: directory-damaged.
  void verify() const {
    detail::call([&](auto error) { return sas_psc_directory_verify(directory_.get(), error); });
  }
  /// Compares the index that is in a folder now with this older one: {"arrived","left","changed","file"}.
  std::string delta(const std::string &folder) const {
    return said([&](auto out, auto error) {
      return sas_psc_directory_delta(directory_.get(), folder.c_str(), out, error);
    });
  }

private:
  template <typename Say> static std::string said(Say say) {
    sas_psc_string *text = nullptr;
    detail::call([&](auto error) { return say(&text, error); });
    return detail::taken(text);
  }

  detail::Handle<sas_psc_directory, sas_psc_directory_free> directory_;
};

/// An import to come: the extract of ANS becomes the index of a folder.
class DirectoryImport {
public:
  /// An import into a folder, which is made when it is missing.
  explicit DirectoryImport(const std::string &folder) {
    sas_psc_directory_import *import = nullptr;
    detail::call([&](auto error) { return sas_psc_directory_import_new(folder.c_str(), &import, error); });
    import_.reset(import);
  }

  /// Adds a file of ANS, plain or zip.
  void add_file(const std::string &path) {
    detail::call([&](auto error) { return sas_psc_directory_import_add_file(import_.get(), path.c_str(), error); });
  }
  /// Takes an extract that is much smaller than the one before, or cut short.
  void set_allow_shrink() {
    detail::call([&](auto error) { return sas_psc_directory_import_set_allow_shrink(import_.get(), error); });
  }
  /// Makes the index and puts it in its place; what it did, as JSON. Throws Error, and the index before stays in use.
  std::string run() const {
    sas_psc_string *imported = nullptr;
    detail::call([&](auto error) { return sas_psc_directory_import_run(import_.get(), &imported, error); });
    return detail::taken(imported);
  }

private:
  detail::Handle<sas_psc_directory_import, sas_psc_directory_import_free> import_;
};

/// The readers of this machine through PC/SC. One may serve any number of threads. A null reader is the only one with a CPS;
/// every call waits at most so long, then throws Error: not-done, and a PIN that was not sent yet never is.
class Readers {
public:
  /// It needs no PC/SC to be made.
  Readers() {
    sas_psc_readers *readers = nullptr;
    detail::call([&](auto error) { return sas_psc_readers_new(&readers, error); });
    readers_.reset(readers);
  }

  /// Whether the system has PC/SC, running or not.
  static bool is_installed() noexcept { return sas_psc_readers_is_installed(); }
  /// The C handle, for what is not here; it stays this object's.
  const sas_psc_readers *get() const noexcept { return readers_.get(); }
  /// Refuses any other card than this one: the card of the session.
  void set_expected(const std::string &serial) {
    detail::call([&](auto error) { return sas_psc_readers_set_expected(readers_.get(), serial.c_str(), error); });
  }
  /// The readers as a JSON array; no card is read.
  std::string list(std::chrono::milliseconds longest) const {
    return ended(longest, [&](auto work, auto error) { return sas_psc_readers_list(get(), work, error); });
  }
  /// What of a sign-in with the card is at this machine, as JSON: see sas_psc_readers_examine. At most ten seconds.
  std::string examine(const char *lang = "fr") const {
    return detail::said([&](auto out, auto error) { return sas_psc_readers_examine(get(), lang, out, error); });
  }
  /// What a card shows without a PIN, as JSON.
  std::string read(std::chrono::milliseconds longest, const char *reader = nullptr) const {
    return ended(longest, [&](auto work, auto error) { return sas_psc_readers_read(get(), reader, work, error); });
  }
  /// Has a card sign by its key for "authentication" or "signature"; as JSON. A null PIN is the reader's own keys.
  std::string sign(std::chrono::milliseconds longest, const char *usage, std::string_view message, const char *pin,
                   const char *reader = nullptr, bool last_try = false) const {
    return ended(longest, [&](auto work, auto error) {
      return sas_psc_readers_sign(get(), reader, usage, "pkcs1-sha256", message.data(), message.size(), pin, last_try, work,
                                  error);
    });
  }
  /// The state of the PIN, which costs no try, as JSON.
  std::string pin_status(std::chrono::milliseconds longest, const char *reader = nullptr) const {
    return ended(longest, [&](auto work, auto error) { return sas_psc_readers_pin_status(get(), reader, work, error); });
  }
  /// Whether the reader has keys to type a PIN on, or with modify to change it on.
  bool has_pinpad(std::chrono::milliseconds longest, bool modify = false, const char *reader = nullptr) const {
    return ended(longest, [&](auto work, auto error) { return sas_psc_readers_pinpad(get(), reader, modify, work, error); }) ==
           "true";
  }
  /// Gives the card a new PIN.
  void change_pin(std::chrono::milliseconds longest, const char *old_pin, const char *new_pin, const char *reader = nullptr,
                  bool last_try = false) const {
    ended(longest, [&](auto work, auto error) {
      return sas_psc_readers_change_pin(get(), reader, old_pin, new_pin, last_try, work, error);
    });
  }
  /// The same on the reader's keys, which ask for the old PIN and twice for the new one: no program sees either.
  void change_pin_on_pinpad(std::chrono::milliseconds longest, const char *reader = nullptr, bool last_try = false) const {
    ended(longest, [&](auto work, auto error) {
      return sas_psc_readers_change_pin_on_pinpad(get(), reader, last_try, work, error);
    });
  }
  /// Unblocks the PIN with the PUK and gives it a new value.
  void unblock(std::chrono::milliseconds longest, const char *puk, const char *new_pin, const char *reader = nullptr,
               bool last_try = false) const {
    ended(longest, [&](auto work, auto error) {
      return sas_psc_readers_unblock(get(), reader, puk, new_pin, last_try, work, error);
    });
  }

private:
  template <typename Begin> static std::string ended(std::chrono::milliseconds longest, Begin begin) {
    sas_psc_card_work *begun = nullptr;
    detail::call([&](auto error) { return begin(&begun, error); });
    detail::Handle<sas_psc_card_work, sas_psc_card_work_free> work(begun);
    sas_psc_string *result = nullptr;
    auto most = static_cast<std::uint64_t>(longest.count() < 0 ? 0 : longest.count());
    detail::call([&](auto error) { return sas_psc_card_work_wait(work.get(), most, &result, error); });
    return detail::taken(result);
  }

  detail::Handle<sas_psc_readers, sas_psc_readers_free> readers_;
};

} // namespace sas_psc

#endif
