// The C++ side of tokens and people: texts, optionals and exceptions in place of handles and codes.
#include "refusal.hpp"

#include <cstring>

int main(int argc, char **argv) {
  using namespace sas_psc;

  assert(id_normalized(" 0b0057881") == "0B0057881" && id_grouped("540002698") == "540\u00a0002\u00a0698");
  assert(id_fhir_read("99700218896", "http://rpps.fr").find("\"rpps\":\"99700218896\"") != std::string::npos);
  assert(id_fhir_token("899700218896") == "https://rpps.esante.gouv.fr|99700218896");
  assert(refusal([] { id_grouped("99700218897", "rpps"); }) == "id-key");

  UserInfo info(R"({"sub":"f:u:899700218896","SubjectNameID":"899700218896","family_name":"DOC","codeCivilite":"M",
    "otherIds":[{"identifiant":"0B6087510","origine":"ADELI"}],
    "SubjectRefPro":{"exercices":[{"codeProfession":"10","activities":[{"identifiantTechniqueDeLaStructure":"R1"}]}]}})");
  Professional person = info.professional();
  assert(info.subject() == "f:u:899700218896" && person.id_nat() == "899700218896");
  assert(person.rpps() == "99700218896" && person.adeli() == "0B6087510" && person.display_name() == "M. DOC");
  assert(person.continuity("00B6087510") == "adeli-to-rpps");
  assert(person.situation_count() == 1 && person.situation(0).second.substr(0, 8) == "Médecin");
  assert(person.choose(std::string(person.situation(0).first)).find("\"R1\"") != std::string::npos);
  assert(person.json().find("\"profession_label\":\"Médecin\"") != std::string::npos);
  assert(refusal([&] { person.choose("0123456789abcdef"); }) == "situation-unknown");
  assert(refusal([] { UserInfo("{}"); }) == "userinfo-subject");
  assert(refusal([] { IdTokenCheck("https://psc.example", "c", "[]"); }) == "provider-answer");

  // issuer, client_id, jwks, now, token
  assert(argc == 6);
  IdTokenCheck check(argv[1], argv[2], argv[3]);
  Time now(std::chrono::seconds(std::stoll(argv[4])));
  check.set_acr("eidas1");
  check.set_leeway(std::chrono::seconds(10));
  VerifiedIdToken token = check.verify(argv[5], std::nullopt, std::nullopt, now);
  assert(token.id_nat() == "899700000013" && token.acr() == "eidas1" && token.auth_mode() == "MOBILE");
  assert(token.session_id() && token.auth_time() < token.expires_at());
  assert(token.claims().find("SubjectNameID") != std::string::npos);
  assert(refusal([&] { check.verify(argv[5], "another", std::nullopt, now); }) == "id-token-nonce");
  assert(refusal([&] { check.verify(argv[5], std::nullopt, std::nullopt, now + std::chrono::hours(1)); }) == "id-token-expired");
  check.set_max_age(std::chrono::seconds(1));
  assert(refusal([&] { check.verify(argv[5], std::nullopt, std::nullopt, now); }) == "sign-in-not-fresh");
  check.set_acr("eidas3");
  check.set_exact_acr();
  check.set_allow_missing_acr();
  assert(refusal([&] { check.verify(argv[5], std::nullopt, std::nullopt, now); }) != "nothing was thrown");
  return 0;
}
