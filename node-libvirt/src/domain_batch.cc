#include <libvirt/virterror.h>
#include <unordered_map>
#include <unordered_set>

#include "args.h"
#include "connection.h"
#include "fan_out.h"
#include "handle.h"
#include "typed_params.h"
#include "values.h"

// All that is asked of a domain, or of all of them: one hop from JS.

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct StatsRecords {
  virDomainStatsRecordPtr* list = nullptr;
  StatsRecords() = default;
  ~StatsRecords() { virDomainStatsRecordListFree(list); }
  StatsRecords(const StatsRecords&) = delete;
  StatsRecords& operator=(const StatsRecords&) = delete;
};

struct DomainStats {
  Identity identity;
  Params stats;
};

Napi::Value ToJs(Napi::Env env, const DomainStats& row) {
  return ObjectOf(env, {{"uuid", ToJs(env, row.identity.second)},
                        {"name", ToJs(env, row.identity.first)},
                        {"stats", ToJs(env, row.stats)}});
}

struct RunState {
  int state = VIR_DOMAIN_NOSTATE;
  int reason = 0;
};

struct DomainRow {
  Identity identity;
  int id = -1;
  RunState run;
  bool persistent = false;
  bool autostart = false;
  std::string xml;
  // The definition of one that runs.
  std::optional<std::string> inactive_xml;
};

Napi::Value ToJs(Napi::Env env, const DomainRow& row) {
  Napi::Object object = ObjectOf(env, {{"uuid", ToJs(env, row.identity.second)},
                        {"name", ToJs(env, row.identity.first)},
                        {"id", ToJs(env, row.id)},
                        {"state", ToJs(env, row.run.state)},
                        {"reason", ToJs(env, row.run.reason)},
                        {"persistent", ToJs(env, row.persistent)},
                        {"autostart", ToJs(env, row.autostart)},
                        {"xml", ToJs(env, row.xml)}});
  if (row.inactive_xml) object.Set("inactiveXml", ToJs(env, *row.inactive_xml));
  return object;
}

std::vector<Owned<virDomain>> ListDomains(virConnectPtr connect, unsigned flags) {
  return TakeList<virDomain>("virConnectListAllDomains",
                             [&](virDomainPtr** list) { return virConnectListAllDomains(connect, list, flags); });
}

struct DomainState {
  Identity identity;
  RunState run;
};

Napi::Value ToJs(Napi::Env env, const DomainState& row) {
  return ObjectOf(env, {{"uuid", ToJs(env, row.identity.second)},
                        {"name", ToJs(env, row.identity.first)},
                        {"state", ToJs(env, row.run.state)},
                        {"reason", ToJs(env, row.run.reason)}});
}

struct DomainStates {
  std::string mark;
  // Nothing: those that the caller knows.
  std::optional<std::vector<DomainState>> domains;
};

Napi::Value ToJs(Napi::Env env, const DomainStates& all) {
  Napi::Object object = ObjectOf(env, {{"mark", ToJs(env, all.mark)}});
  if (all.domains) object.Set("domains", ToJs(env, *all.domains));
  return object;
}

RunState AskState(virDomainPtr domain) {
  RunState run;
  LV_CALL(virDomainGetState, domain, &run.state, &run.reason, 0);
  return run;
}

// Of all domains in one call. Nothing where the driver does not have that call.
std::optional<std::vector<DomainState>> ReadStates(virConnectPtr connect, unsigned list_flags) {
  StatsRecords records;
  // The filters that this call knows have the values of the list's.
  constexpr unsigned kFilters = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE |
                                VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT |
                                VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT |
                                VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING | VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED |
                                VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF | VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER;
  const int count =
      virConnectGetAllDomainStats(connect, VIR_DOMAIN_STATS_STATE, &records.list, list_flags & kFilters);
  if (count < 0) {
    const Failure failure = Failure::Last("virConnectGetAllDomainStats");
    if (failure.info().code == VIR_ERR_NO_SUPPORT) return {};
    throw failure;
  }
  std::vector<DomainState> states;
  states.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    const virDomainStatsRecord& record = *records.list[i];
    RunState run;
    virTypedParamsGetInt(record.params, record.nparams, "state.state", &run.state);
    virTypedParamsGetInt(record.params, record.nparams, "state.reason", &run.reason);
    states.push_back({Identify(record.dom), run});
  }
  return states;
}

std::vector<DomainState> AskStates(virConnectPtr connect, unsigned flags) {
  if (std::optional<std::vector<DomainState>> states = ReadStates(connect, flags)) return std::move(*states);
  std::vector<DomainState> states;
  for (const Owned<virDomain>& domain : ListDomains(connect, flags)) {
    try {
      states.push_back({Identify(domain.get()), AskState(domain.get())});
    } catch (const Failure& failure) {
      if (!IsVanished(failure)) throw;
    }
  }
  return states;
}

// All that it says of them; no name has a line break.
std::string MarkOf(const std::vector<DomainState>& states) {
  std::string mark;
  for (const auto& [identity, run] : states) {
    mark += identity.second + ' ' + std::to_string(run.state) + ' ' + std::to_string(run.reason) + ' ' +
            identity.first + '\n';
  }
  return mark;
}

// Only the XML of one that runs has an id, and it is of the same moment.
bool IsLive(const std::string& xml) { return xml.find(" id='") < xml.find('>'); }

// What does not take a call for each. A transient one has no definition, which is not known here.
DomainRow ReadXML(virDomainPtr domain, unsigned xml_flags, bool definition) {
  DomainRow row;
  row.xml = TakeString(LV_CALL(virDomainGetXMLDesc, domain, xml_flags));
  row.identity = Identify(domain);
  row.id = static_cast<int>(virDomainGetID(domain));
  if (definition && IsLive(row.xml)) {
    row.inactive_xml = TakeString(LV_CALL(virDomainGetXMLDesc, domain, VIR_DOMAIN_XML_INACTIVE));
  }
  return row;
}

// What the XML does not tell comes from three lists of all domains at once instead of three calls for
// each: a few microseconds a domain, where a call costs some eighty.
class DomainsWalk final : public FanOut<virDomain, DomainRow> {
 public:
  DomainsWalk(Answer answer, unsigned list_flags, unsigned xml_flags, bool definitions)
      : FanOut(std::move(answer), 3), list_flags_(list_flags), xml_flags_(xml_flags), definitions_(definitions) {}

 private:
  using Uuids = std::unordered_set<std::string>;

  std::vector<Owned<virDomain>> List(virConnectPtr connect) override { return ListDomains(connect, list_flags_); }

  void Extra(size_t step, virConnectPtr connect) override {
    if (step == 0) {
      transient_ = Having(connect, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
    } else if (step == 1) {
      autostart_ = Having(connect, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART);
    } else {
      // Without them Finish() asks for each.
      for (const DomainState& one : ReadStates(connect, list_flags_).value_or(std::vector<DomainState>())) {
        states_.emplace(one.identity.second, one.run);
      }
    }
  }

  // Those of the list that have a property, whose flags are `yes` and `no`.
  Uuids Having(virConnectPtr connect, unsigned yes, unsigned no) const {
    Uuids uuids;
    if ((list_flags_ & (yes | no)) == no) return uuids;
    for (const Owned<virDomain>& domain : ListDomains(connect, (list_flags_ & ~no) | yes)) {
      uuids.insert(Identify(domain.get()).second);
    }
    return uuids;
  }

  DomainRow Read(virDomainPtr domain) override { return ReadXML(domain, xml_flags_, definitions_); }

  std::vector<DomainRow> Finish(std::vector<DomainRow> rows, virConnectPtr connect) override {
    std::vector<DomainRow> complete;
    complete.reserve(rows.size());
    for (DomainRow& row : rows) {
      row.persistent = transient_.count(row.identity.second) == 0;
      if (!row.persistent) row.inactive_xml.reset();
      row.autostart = autostart_.count(row.identity.second) > 0;
      const auto state = states_.find(row.identity.second);
      if (state != states_.end()) {
        row.run = state->second;
      } else if (!AskStateOf(row, connect)) {
        continue;
      }
      complete.push_back(std::move(row));
    }
    return complete;
  }

  static bool AskStateOf(DomainRow& row, virConnectPtr connect) {
    try {
      const Owned<virDomain> domain(LV_CALL(virDomainLookupByUUIDString, connect, row.identity.second.c_str()));
      row.run = AskState(domain.get());
      return true;
    } catch (const Failure& failure) {
      if (IsVanished(failure)) return false;
      throw;
    }
  }

  const unsigned list_flags_;
  const unsigned xml_flags_;
  const bool definitions_;
  Uuids transient_;
  Uuids autostart_;
  std::unordered_map<std::string, RunState> states_;
};

DomainRow ReadOne(virDomainPtr domain) {
  DomainRow row = ReadXML(domain, 0, true);
  row.run = AskState(domain);
  row.persistent = LV_CALL(virDomainIsPersistent, domain) == 1;
  int autostart = 0;
  LV_CALL(virDomainGetAutostart, domain, &autostart);
  row.autostart = autostart == 1;
  if (!row.persistent) row.inactive_xml.reset();
  return row;
}

}  // namespace

Napi::Value Connection::GetDomainXMLByName(Info info) {
  return Call(info, Lane::kQuick, [name = Args(info).String(0, "name")](const Site& site) {
    return ReadOne(Owned<virDomain>(LV_CALL(virDomainLookupByName, site.get(), name.c_str())).get());
  });
}

Napi::Value Connection::GetDomainXMLByUUIDString(Info info) {
  return Call(info, Lane::kQuick, [uuid = Args(info).String(0, "uuid")](const Site& site) {
    return ReadOne(Owned<virDomain>(LV_CALL(virDomainLookupByUUIDString, site.get(), uuid.c_str())).get());
  });
}

Napi::Value Connection::GetAllDomainStates(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick, [flags = args.Flags(0), known = args.OptionalString(1, "known")](const Site& site) {
    std::vector<DomainState> states = AskStates(site.get(), flags);
    DomainStates all{MarkOf(states), {}};
    if (all.mark != known) all.domains = std::move(states);
    return all;
  });
}

Napi::Value Connection::GetAllDomainStats(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick, [stats = args.UInt(0, "stats"), flags = args.Flags(1)](const Site& site) {
    StatsRecords records;
    const int count = LV_CALL(virConnectGetAllDomainStats, site.get(), stats, &records.list, flags);
    std::vector<DomainStats> rows;
    rows.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      const virDomainStatsRecord& record = *records.list[i];
      rows.push_back({Identify(record.dom), CopyParams(record.params, record.nparams)});
    }
    return rows;
  });
}

Napi::Value Connection::GetAllDomainsXML(Info info) {
  const Args args(info);
  return Post(info, state_, Lane::kQuick, 0, EnvData::Of(info.Env()).NextId(),
              WalkOf<DomainsWalk>(state_, args.UInt(0, "listFlags"), args.UInt(1, "xmlFlags"), args.Bool(2, "definitions")));
}

}  // namespace lv
