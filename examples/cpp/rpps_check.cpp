// Checks RPPS numbers: one line each on stdout, what is wrong on stderr.
//
//     c++ -std=c++17 rpps_check.cpp $(pkg-config --cflags --libs sas-psc) -o rpps_check
//     ./rpps_check 99700218896 99700218897
#include <cstdlib>
#include <iostream>
#include <sas_psc.hpp>

int main(int argc, char **argv) {
  const char *lang = std::getenv("LANG");
  int status = 0;
  for (int i = 1; i < argc; i++) {
    try {
      const auto rpps = sas_psc::Rpps::parse(argv[i]);
      std::cout << rpps.text() << "\tyes\t" << (rpps.is_test_number() ? "test number" : "") << '\n';
    } catch (const sas_psc::Error &error) {
      std::cout << argv[i] << "\tno\t" << error.name() << '\n';
      std::cerr << error.message(lang) << ' ' << error.hint(lang) << '\n';
      status = 1;
    }
  }
  return status;
}
