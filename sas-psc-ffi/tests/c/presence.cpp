// The C++ side of what surrounds a session: presence, the tokens of a program that keeps them itself, rules, outages, bound
// tokens, the doctor.
#include "refusal.hpp"

using namespace sas_psc;
using std::chrono::minutes;
using std::chrono::seconds;

static const Time begun = Time(seconds(1795420800));

static void presence() {
  Presence here(begun, begun);
  assert(here.judge(begun + minutes(999)).may == "open" && !here.judge(begun).changes_at);
  here.set_lock_after(minutes(10));
  here.set_renew_every(minutes(60));
  assert(here.touched(begun + minutes(5)).changes_at == begun + minutes(15));
  assert(here.touched(begun + minutes(15)).may == "lock" && here.active_at() == begun + minutes(5));
  here.lock();
  assert(here.is_locked());
  here.unlocked(begun + minutes(16));
  assert(here.judge(begun + minutes(16)).may == "open" && !here.is_locked());
  assert(here.judge(begun + minutes(60)).may == "renew");
  here.renewed(begun + minutes(60), begun + minutes(60));
  assert(here.judge(begun + minutes(60)).may == "open" && here.authenticated_at() == begun + minutes(60));
  assert(Presence::kept(begun, begun, true).judge(begun).may == "lock");
}

static std::optional<Response> json(std::uint32_t status, std::string_view body) {
  Response response(status, body);
  response.add_header("content-type", "application/json");
  return response;
}

static void tokens(const Environment &environment, const Client &client, const std::string &path) {
  const Service service(environment, client);
  const auto sleep = [](Time) {};
  assert(refusal([] { Tokens::resume("{}"); }) == "stored-form-unreadable");
  const Tokens held = Tokens::resume(R"({"v":1,"state":{"access_token":"a","access_expires_at":1795420920000,
    "refresh_token":"r","refresh_expires_at":1795422600000,"id_token":"i.d.t","granted_scope":"openid","subject":"s"}})");
  assert(held.access_token() == "a" && held.granted_scope() == "openid" && held.subject() == "s");
  assert(held.access_expires_at() == begun + minutes(2) && held.refresh_expires_at() == begun + minutes(30));
  assert(Tokens::resume(held.to_stored()).subject() == "s");
  assert(held.logout_url(service, "https://a.example/bye", "x").find("id_token_hint=i.d.t") != std::string::npos);
  Steps refresh = held.refresh(service, begun);
  assert(refusal([&] { refresh.run([](const Request &) { return json(400, R"({"error":"invalid_grant"})"); }, sleep); }) ==
         "session-ended");
  assert(refusal([&] { held.refresh(service, begun + minutes(31)); }) == "session-ended");
  const auto inactive = [](const Request &request) {
    assert(request.method() == "POST" && request.body().find("token=a") != std::string_view::npos);
    return json(200, R"({"active":false})");
  };
  assert(service.introspect("a").run(inactive, sleep) == R"({"active":false})");
  assert(service.revoke("a").run([](const Request &) { return std::optional<Response>(Response(200, "")); }, sleep).empty());
  assert(held.end_session(service).run([](const Request &) { return std::optional<Response>(Response(204, "")); }, sleep).empty());

  SessionRules rules;
  rules.set_idle(minutes(20));
  rules.set_longest(minutes(120));
  rules.set_lease(seconds(60));
  rules.set_provider_takes_a_token_twice();
  const Sessions sessions(service, path, KeyRing(std::string(32, 'k')), rules);
  assert(refusal([&] { sessions.state("nobody's"); }) == "session-unknown");
}

static void exchanged(const Client &client) {
  const auto sleep = [](Time) {};
  assert(refusal([&] { TokenExchange("http://api.example/token", client, ""); }) == "backend-settings");
  TokenExchange exchange("https://auth.api.example/token", client, "openid");
  const auto answer = [](const Request &request) {
    assert(request.url() == "https://auth.api.example/token");
    assert(request.body().find("subject_token=psc.1&") != std::string_view::npos);
    assert(request.body().find("subject_issuer=psc&") != std::string_view::npos);
    return json(200, R"({"access_token":"api.1","token_type":"Bearer","expires_in":400})");
  };
  assert(exchange.begin("psc.1", begun).run(answer, sleep).find(R"({"access_token":"api.1","expires_at":)") == 0);
  exchange.set_subject_issuer(std::nullopt);
  exchange.set_subject_as_jwt();
  const auto refused = [](const Request &request) {
    assert(request.body().find("subject_issuer") == std::string_view::npos);
    assert(request.body().find("subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt") != std::string_view::npos);
    return json(400, R"({"error":"invalid_grant"})");
  };
  assert(refusal([&] { exchange.begin("psc.1", begun).run(refused, sleep); }) == "token-exchange-refused");
}

static void availability() {
  Availability provider;
  provider.ready(begun);
  assert(!provider.outage());
  for (int second = 0; second <= 12; second += 6) provider.failed(SAS_PSC_ERROR_TIMED_OUT, begun + seconds(second));
  assert(provider.outage("en", begun + seconds(12))->find("\"cause\":\"timed-out\"") != std::string::npos);
  assert(refusal([&] { provider.ready(begun + seconds(13)); }) == "provider-unavailable");
  provider.answered(*json(400, R"({"error":"invalid_grant"})"), begun + seconds(14));
  provider.ready(begun + seconds(14));
  assert(!provider.outage());
}

static void thumbprint() {
  const Thumbprint ours("abc"), other("abd");
  assert(ours.matches(ours.x5t()) && !other.matches(ours.x5t()));
  const std::string bound = R"({"cnf":{"x5t#S256":")" + ours.x5t() + R"("}})";
  assert(ours.check(bound) && !ours.check("{}"));
  assert(refusal([&] { other.check(bound); }) == "token-binding");
}

static void doctor(const Environment &environment, const Client &client) {
  const auto sleep = [](Time) {};
  const auto silent = [](const Request &) -> std::optional<Response> { return std::nullopt; };
  const std::string found = examine(environment, client, "en").run(silent, sleep);
  assert(found.find(R"("check":"issuer","status":"failed")") != std::string::npos);
  assert(found.find(R"("check":"keys","status":"skipped")") != std::string::npos);
  const auto portal = [](const Request &) { return std::optional<Response>(Response(200, "<html>")); };
  assert(examine(environment, client).run(portal, sleep).find(R"("check":"discovery","status":"failed")") != std::string::npos);
  assert(observe(environment, client).run(silent, sleep).find("observation") != std::string::npos);
  const std::string card = Readers().examine("en");
  for (const char *check : {"card-readers", "card-middleware", "card-session"}) assert(card.find(check) != std::string::npos);
}

int main(int, char **argv) {
  const Environment environment = Environment::bas();
  const Client client("service", "hush", "https://service.example/callback");
  presence();
  tokens(environment, client, argv[1]);
  exchanged(client);
  availability();
  thumbprint();
  doctor(environment, client);
}
