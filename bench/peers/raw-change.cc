// raw-change MODE …: what the C API alone takes to change something. Prints the time of each round in µs.
//   define-vms            defines the domains on standard input
//   define-filter ROUNDS  defines the filters on standard input in turn
//   check-filter ROUNDS   the same, and libvirt checks them by its schema
//   start ROUNDS VM       starts a domain and destroys it, which prints two lines a round
//   redefine ROUNDS VM    defines a domain as it is
//   describe EVERY VM     gives a domain a new description every so many ms, until standard input ends
#include "../native/libvirt.h"

#include <poll.h>

static void defineFilters(virConnectPtr connection, int rounds, unsigned flags) {
  auto filters = documents();
  timed(rounds, [&](int i) {
    virNWFilterPtr filter = virNWFilterDefineXMLFlags(connection, filters[i % filters.size()].c_str(), flags);
    if (!filter) fail("define the filter");
    virNWFilterFree(filter);
  });
}

static void defineDomains(virConnectPtr connection) {
  for (const auto &xml : documents()) {
    virDomainPtr domain = virDomainDefineXML(connection, xml.c_str());
    if (!domain) fail("define the domain");
    virDomainFree(domain);
  }
}

static void startAndDestroy(virDomainPtr domain, int rounds) {
  timed(2 * rounds, [&](int i) {
    if ((i % 2 ? virDomainDestroy(domain) : virDomainCreate(domain)) < 0) fail("start or destroy");
  });
}

static void redefine(virConnectPtr connection, virDomainPtr domain, int rounds) {
  char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
  if (!xml) fail("XML");
  timed(rounds, [&](int) {
    virDomainPtr again = virDomainDefineXML(connection, xml);
    if (!again) fail("define the domain");
    virDomainFree(again);
  });
  free(xml);
}

static void describe(virDomainPtr domain, int everyMs) {
  pollfd input{0, POLLIN, 0};
  for (int i = 0; poll(&input, 1, everyMs) == 0; i++) {
    std::string text = "change " + std::to_string(i);
    if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_DESCRIPTION, text.c_str(), nullptr, nullptr,
                             VIR_DOMAIN_AFFECT_CONFIG) < 0)
      fail("describe");
  }
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  std::string mode = argv[1];
  int number = argc > 2 ? std::atoi(argv[2]) : 0;
  virConnectPtr connection = connectHost();
  virDomainPtr domain = nullptr;
  if (argc > 3 && !(domain = virDomainLookupByName(connection, argv[3]))) fail("look up");
  if (mode == "define-vms") defineDomains(connection);
  else if (mode == "define-filter") defineFilters(connection, number, 0);
  else if (mode == "check-filter") defineFilters(connection, number, VIR_NWFILTER_DEFINE_VALIDATE);
  else if (!domain) return 2;
  else if (mode == "start") startAndDestroy(domain, number);
  else if (mode == "redefine") redefine(connection, domain, number);
  else if (mode == "describe") describe(domain, number);
  else return 2;
}
