// The C++ side of the sign-up journey: values and exceptions in place of handles.
#include "refusal.hpp"

#include <fstream>
#include <sstream>

int main(int, char **argv) {
  using namespace sas_psc;
  const std::string key(32, 'k'), page = "https://compte.exemple.fr/lien", nobody(32, '0');
  std::stringstream policy;
  policy << std::ifstream(argv[1]).rdbuf();

  assert(refusal([&] { SignUp(argv[2], key, "{}", page); }) == "policy-unreadable");
  assert(refusal([&] { SignUp(argv[2], "short", policy.str(), page); }) == "server-key-short");
  assert(refusal([&] { SignUp(argv[2], key, policy.str(), "lien"); }) == "email-link-base");
  SignUp made(argv[2], key, policy.str(), page, "en");
  const SignUp site = std::move(made);
  assert(!site.next_mail());
  assert(site.open_link("anything") == "elsewhere");
  assert(refusal([&] { site.open_link("anything", std::make_pair(nobody, "tab")); }) == "account-unknown");
  assert(refusal([&] { site.account(nobody); }) == "account-unknown");
  assert(refusal([&] { site.choose_places(nobody, "[0]"); }) == "account-unknown");
  assert(refusal([&] { site.choose_places(nobody, "first"); }) == "places-unknown");
  assert(refusal([&] { site.give_address(nobody, "tab", "medecin@exemple.invalid"); }) == "account-unknown");
  assert(refusal([&] { site.give_address(nobody, "tab", "medecin"); }) == "email-at-sign");
  assert(refusal([&] { site.change_address(nobody, "tab", "medecin@exemple.invalid", "here"); }) == "usage");
  assert(refusal([&] { site.drop_address_change(nobody); }) == "account-unknown");
  assert(refusal([&] { site.resend(nobody, "tab", "192.0.2.7"); }) == "account-unknown");
  assert(refusal([&] { site.next_mail(nobody); }) == "account-unknown");
  assert(refusal([&] { site.answer_code(nobody, "tab", "12345678"); }) == "account-unknown");
  assert(refusal([&] { site.answer_link(nobody, "tab", "anything"); }) == "account-unknown");
  assert(refusal([&] { site.present_terms(nobody, "tab"); }) == "account-unknown");
  assert(refusal([&] { site.accept_terms(nobody, "tab", nobody, true); }) == "account-unknown");
  assert(refusal([&] { site.refuse_terms(nobody, "tab", nobody); }) == "account-unknown");
  assert(refusal([&] { site.save_settings(nobody, "[]"); }) == "settings-unreadable");
  assert(refusal([&] { site.terms_notice(nobody); }) == "account-unknown");
  assert(refusal([&] { site.terms_noticed(nobody); }) == "account-unknown");
  assert(refusal([&] { site.close(nobody); }) == "account-unknown");
  assert(refusal([&] { site.erase(nobody); }) == "account-unknown");
  assert(refusal([&] { site.export_data(nobody); }) == "account-unknown");
  assert(refusal([&] { site.noticed(nobody, "first-notice", false); }) == "account-unknown");
  assert(refusal([&] { site.noticed(nobody, "notice", true); }) == "usage");
  assert(site.run_due(16).find("\"mails\":[]") != std::string::npos);
  const std::string settings = R"({"participation_sas":true,"participation_sas_via":1,"has_software":false,"hours_available":true})";
  assert(site.declarations(settings).find("\"name\":\"sas-two-hours\"") != std::string::npos);
  return 0;
}
