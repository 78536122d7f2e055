// The C++ side of the directory: an import, look-ups, a search, what changed. Arguments: a folder, the extract.
#include "refusal.hpp"

int main(int argc, char **argv) {
  using namespace sas_psc;

  assert(argc == 3);
  DirectoryImport import(argv[1]);
  import.add_file(argv[2]);
  import.set_allow_shrink();
  assert(import.run().find("\"people\":9,") != std::string::npos);

  Directory directory(argv[1]);
  assert(directory.person_count() == 9 && directory.meta().find("\"rejected\":3") != std::string::npos);
  assert(directory.attribution().substr(0, 13) == "Source : ANS,");
  std::optional<Professional> doctor = directory.find("99700366240");
  assert(doctor && doctor->id_nat() == "899700366240" && doctor->situation_count() == 2);
  assert(!directory.find("99700366249") && directory.lookup("00000000099999") == "[]");
  DirectoryQuery query;
  query.family_name = "la tour";
  assert(directory.search(query).find("\"id_nat\":\"899700000104\"") != std::string::npos);
  assert(refusal([&] { directory.search(DirectoryQuery()); }) == "directory-question");
  assert(refusal([] { Directory("no such folder"); }) == "directory-missing");
  directory.verify();
  assert(directory.delta(argv[1]).find("\"changed\":0") != std::string::npos);
  return 0;
}
