// The C++ side of sign-ins in cookies and of sessions: values, exceptions and steps that are run, in place of handles.
#include "refusal.hpp"

int main(int, char **argv) {
  using namespace sas_psc;
  const auto sleep = [](Time) {};
  const std::string key(32, 'k');

  Environment environment = Environment::danger_insecure_loopback("http://127.0.0.1:9/realm");
  assert(refusal([] { Environment::of("http://127.0.0.1:9/realm"); }) == "address-refused");
  assert(refusal([&] { environment.set_endpoint("token", "https://a.example/"); }) == "endpoint-unknown");
  environment.set_discovery_path("metadata");
  environment.set_hosts("127.0.0.1:9");
  const Client client("service", "hush", "https://service.example/callback");
  Discovery discovery(environment, client);
  assert(refusal([&] { discovery.drift(); }) == "not-done");
  int tries = 0;
  const Service service = discovery.run(
      [&](const Request &request) -> std::optional<Response> {
        assert(request.url() == "http://127.0.0.1:9/realm/metadata");
        if (tries++ == 0) return std::nullopt;
        Response response(200, R"({"issuer":"http://127.0.0.1:9/realm","authorization_endpoint":"http://127.0.0.1:9/auth",
          "token_endpoint":"http://127.0.0.1:9/token","jwks_uri":"http://127.0.0.1:9/keys"})");
        response.add_header("content-type", "application/json");
        return response;
      },
      sleep);
  assert(tries == 2 && discovery.drift() == "[]");

  assert(refusal([] { KeyRing("short"); }) == "server-key-short");
  assert(refusal([] { ReturnAddresses({}); }) == "address-refused");
  KeyRing ring(key);
  ring.add_older(std::string(32, 'o'));
  const ReturnAddresses returns({"/compte", "/agenda"});
  assert(returns.parse_or_first("//evil") == "/compte");
  assert(refusal([&] { returns.parse("//evil"); }) == "return-address-refused");
  const SignInCookies cookies(ring, returns);
  SignInOptions options;
  options.set_lang("en");
  options.set_fresh_within(std::chrono::minutes(5));
  options.set_prompt_login();
  options.set_form_post();
  const Leaving leaving = cookies.leave(service, "", "/agenda", options);
  assert(leaving.url.find("max_age=300") != std::string::npos && leaving.cookies.size() == 2);
  std::string jar;
  for (const auto &cookie : leaving.cookies) jar += cookie.substr(0, cookie.find(';')) + "; ";
  const std::string callback = "code=c" + leaving.url.substr(leaving.url.find("&state="), 50);
  assert(refusal([&] { cookies.back(service, "", callback); }) == "authorization-state");
  Returned returned = cookies.back(service, jar, callback);
  assert(returned.return_to == "/agenda" && !returned.cookies.empty());
  Exchange exchange = returned.pending.finish(service, callback);
  const auto refused = [](const Request &) -> std::optional<Response> {
    Response response(400, R"({"error":"invalid_grant"})");
    response.add_header("content-type", "application/json");
    return response;
  };
  assert(refusal([&] { exchange.run(refused, sleep); }) == "code-refused");
  assert(refusal([&] { SignedIn::of(exchange); }) == "not-done");

  const Sessions sessions(service, argv[1], ring);
  assert(refusal([&] { sessions.access_token("nobody's").run(refused, sleep); }) == "session-unknown");
  assert(refusal([&] { sessions.state("nobody's"); }) == "session-unknown");
  assert(refusal([&] { sessions.forget("nobody's"); }) == "session-unknown");
  assert(refusal([&] { sessions.sign_out("nobody's", returns, "/agenda"); }) == "session-unknown");
  assert(refusal([&] { sessions.sign_out_on_server("nobody's").run(refused, sleep); }) == "session-unknown");
  assert(refusal([&] { sessions.back_channel_logout("token=x").run(refused, sleep); }) ==
         "logout-token-malformed");
}
