// raw MODE ROUNDS [VM]: what the C API alone takes to read a host's VMs. Prints the time of each round in µs.
//   walk     the list of the domains, and the XML of each
//   full     the same, read and made into JSON
//   full4    the same by four threads with a connection each
//   state    name, UUID and state of each, which libvirt tells in one call
//   vm       one VM, looked up by its UUID, as JSON
//   print    the JSON of `full`, once, instead of times
#include "../native/json.h"
#include "../native/libvirt.h"

#include <cstring>
#include <thread>

/** Every domain with its state, told in one call. */
struct Domains {
  virDomainStatsRecordPtr *records = nullptr;
  int count;
  explicit Domains(virConnectPtr connection) {
    count = virConnectGetAllDomainStats(connection, VIR_DOMAIN_STATS_STATE, &records, 0);
    if (count < 0) fail("list");
  }
  ~Domains() { virDomainStatsRecordListFree(records); }
  int state(int i) const {
    int value = 0;
    virTypedParamsGetInt(records[i]->params, records[i]->nparams, "state.state", &value);
    return value;
  }
};

static void append(std::string &json, virDomainPtr domain, int state) {
  char *xml = virDomainGetXMLDesc(domain, 0);
  if (!xml) fail("XML");
  if (json.size() > 1) json += ',';
  appendVm(json, xml, std::strlen(xml), state);
  free(xml);
}

static void walk(virConnectPtr connection) {
  virDomainPtr *domains;
  int count = virConnectListAllDomains(connection, &domains, 0);
  if (count < 0) fail("list");
  for (int i = 0; i < count; i++) {
    char *xml = virDomainGetXMLDesc(domains[i], 0);
    if (!xml) fail("XML");
    free(xml);
    virDomainFree(domains[i]);
  }
  free(domains);
}

/** The VMs from one on, so many apart: what one of several threads does of the list. */
static std::string full(virConnectPtr connection, int from, int step) {
  Domains domains(connection);
  std::string json = "[";
  for (int i = from; i < domains.count; i += step)
    append(json, domains.records[i]->dom, domains.state(i));
  return json + "]";
}

static void fullOfMany(const std::vector<virConnectPtr> &connections) {
  std::vector<std::thread> threads;
  int step = connections.size();
  for (int i = 0; i < step; i++) threads.emplace_back([&, i] { full(connections[i], i, step); });
  for (auto &thread : threads) thread.join();
}

static void states(virConnectPtr connection) {
  Domains domains(connection);
  std::string json = "[";
  for (int i = 0; i < domains.count; i++) {
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainPtr domain = domains.records[i]->dom;
    virDomainGetUUIDString(domain, uuid);
    json += std::string("{\"uuid\":\"") + uuid + "\",\"name\":\"" + virDomainGetName(domain) +
            "\",\"state\":" + std::to_string(domains.state(i)) + "},";
  }
}

static void vm(virConnectPtr connection, const char *uuid) {
  virDomainPtr domain = virDomainLookupByUUIDString(connection, uuid);
  int state, reason;
  if (!domain || virDomainGetState(domain, &state, &reason, 0) < 0) fail("look up");
  std::string json;
  append(json, domain, state);
  virDomainFree(domain);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  std::string mode = argv[1];
  int rounds = std::atoi(argv[2]);
  std::vector<virConnectPtr> connections;
  for (int i = 0; i < (mode == "full4" ? 4 : 1); i++) connections.push_back(connectHost());
  virConnectPtr connection = connections[0];
  if (mode == "walk") timed(rounds, [&](int) { walk(connection); });
  else if (mode == "full") timed(rounds, [&](int) { full(connection, 0, 1); });
  else if (mode == "full4") timed(rounds, [&](int) { fullOfMany(connections); });
  else if (mode == "state") timed(rounds, [&](int) { states(connection); });
  else if (mode == "vm" && argc > 3) timed(rounds, [&](int) { vm(connection, argv[3]); });
  else if (mode == "print") std::puts(full(connection, 0, 1).c_str());
  else return 2;
  for (virConnectPtr one : connections) virConnectClose(one);
}
