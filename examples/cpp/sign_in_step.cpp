// One sign-in with Pro Santé Connect's sandbox, by a program that has its own HTTP: prints the address to open, reads
// the address that the browser came back to, and prints each request that is to be sent.
//
//     c++ -std=c++17 sign_in_step.cpp $(pkg-config --cflags --libs sas-psc) -o sign_in_step
//     SECRET=… ./sign_in_step my-client-id https://service.example.fr/callback
#include <cstdlib>
#include <iostream>
#include <sas_psc.hpp>
#include <thread>

// Here a program sends the request with the HTTP it has, over TLS and without following redirects. This one answers as
// a provider does to a code that it does not know.
static std::optional<sas_psc::Response> send_it(const sas_psc::Request &request) {
  std::cout << request.method() << ' ' << request.url() << '\n'
            << request.header_count() << " headers, " << request.body().size() << " bytes\n";
  sas_psc::Response response(400, R"({"error":"invalid_grant"})");
  response.add_header("content-type", "application/json");
  return response;
}

int main(int argc, char **argv) {
  const char *lang = std::getenv("LANG");
  const char *secret = std::getenv("SECRET");
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " CLIENT_ID REDIRECT_URI\n";
    return 2;
  }
  try {
    const sas_psc::Client client(argv[1], secret ? std::optional<std::string>(secret) : std::nullopt, argv[2]);
    const sas_psc::Service service(sas_psc::Environment::bas(), client);
    auto [authorization, url] = sas_psc::Authorization::begin(service);
    std::cout << url << std::endl;

    std::string callback;
    std::getline(std::cin, callback);
    const auto sleep_until = [](sas_psc::Time time) { std::this_thread::sleep_until(time); };
    std::cout << authorization.finish(service, callback).run(send_it, sleep_until) << '\n';
    return 0;
  } catch (const sas_psc::Error &error) {
    std::cerr << error.name() << ": " << error.message(lang) << ' ' << error.hint(lang) << '\n';
    return 1;
  }
}
