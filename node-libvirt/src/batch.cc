#include <array>
#include <libvirt/virterror.h>
#include <unordered_map>
#include <unordered_set>

#include "args.h"
#include "connection.h"
#include "fan_out.h"
#include "handle.h"
#include "typed_params.h"
#include "values.h"

// Batches: one hop from JS.

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

using StatePtr = std::shared_ptr<ConnectionState>;

std::string RawUuid(virDomainPtr domain) {
  std::array<unsigned char, VIR_UUID_BUFLEN> uuid{};
  virDomainGetUUID(domain, uuid.data());
  return {uuid.begin(), uuid.end()};
}

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

// A filter, or a binding.
struct NamedXML {
  const char* first_name;
  const char* second_name;
  Identity identity;
  std::string xml;
};

Napi::Value ToJs(Napi::Env env, const NamedXML& row) {
  return ObjectOf(env, {{row.first_name, ToJs(env, row.identity.first)},
                        {row.second_name, ToJs(env, row.identity.second)},
                        {"xml", ToJs(env, row.xml)}});
}

struct RunState {
  int state = VIR_DOMAIN_NOSTATE;
  int reason = 0;
};

struct DomainRow {
  Identity identity;
  std::string raw_uuid;
  int id = -1;
  RunState run;
  bool persistent = false;
  bool autostart = false;
  std::string xml;
};

Napi::Value ToJs(Napi::Env env, const DomainRow& row) {
  return ObjectOf(env, {{"uuid", ToJs(env, row.identity.second)},
                        {"name", ToJs(env, row.identity.first)},
                        {"id", ToJs(env, row.id)},
                        {"state", ToJs(env, row.run.state)},
                        {"reason", ToJs(env, row.run.reason)},
                        {"persistent", ToJs(env, row.persistent)},
                        {"autostart", ToJs(env, row.autostart)},
                        {"xml", ToJs(env, row.xml)}});
}

std::vector<Owned<virDomain>> ListDomains(virConnectPtr connect, unsigned flags) {
  return TakeList<virDomain>("virConnectListAllDomains",
                             [&](virDomainPtr** list) { return virConnectListAllDomains(connect, list, flags); });
}

// What the XML does not tell comes from three lists of all domains at once instead of three calls for
// each: a few microseconds a domain, where a call costs some eighty.
class DomainsWalk final : public FanOut<virDomain, DomainRow> {
 public:
  DomainsWalk(Answer answer, unsigned list_flags, unsigned xml_flags)
      : FanOut(std::move(answer), 3), list_flags_(list_flags), xml_flags_(xml_flags) {}

 private:
  using Uuids = std::unordered_set<std::string>;

  std::vector<Owned<virDomain>> List(virConnectPtr connect) override { return ListDomains(connect, list_flags_); }

  void Extra(size_t step, virConnectPtr connect) override {
    if (step == 0) {
      persistent_ = Having(connect, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT);
    } else if (step == 1) {
      autostart_ = Having(connect, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART);
    } else {
      ReadStates(connect);
    }
  }

  // Those of the list that have a property, whose flags are `yes` and `no`.
  Uuids Having(virConnectPtr connect, unsigned yes, unsigned no) const {
    Uuids uuids;
    if ((list_flags_ & (yes | no)) == no) return uuids;
    for (const Owned<virDomain>& domain : ListDomains(connect, (list_flags_ & ~no) | yes)) {
      uuids.insert(RawUuid(domain.get()));
    }
    return uuids;
  }

  void ReadStates(virConnectPtr connect) {
    StatsRecords records;
    // The filters that this call knows have the values of the list's.
    constexpr unsigned kFilters = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF |
                                  VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER;
    const int count =
        virConnectGetAllDomainStats(connect, VIR_DOMAIN_STATS_STATE, &records.list, list_flags_ & kFilters);
    if (count < 0) {
      const Failure failure = Failure::Last("virConnectGetAllDomainStats");
      // Finish() then asks for each.
      if (failure.info().code == VIR_ERR_NO_SUPPORT) return;
      throw failure;
    }
    for (int i = 0; i < count; ++i) {
      const virDomainStatsRecord& record = *records.list[i];
      RunState run;
      virTypedParamsGetInt(record.params, record.nparams, "state.state", &run.state);
      virTypedParamsGetInt(record.params, record.nparams, "state.reason", &run.reason);
      states_.emplace(RawUuid(record.dom), run);
    }
  }

  DomainRow Read(virDomainPtr domain) override {
    DomainRow row;
    row.xml = TakeString(LV_CALL(virDomainGetXMLDesc, domain, xml_flags_));
    row.identity = Identify(domain);
    row.raw_uuid = RawUuid(domain);
    row.id = static_cast<int>(virDomainGetID(domain));
    return row;
  }

  std::vector<DomainRow> Finish(std::vector<DomainRow> rows, virConnectPtr connect) override {
    std::vector<DomainRow> complete;
    complete.reserve(rows.size());
    for (DomainRow& row : rows) {
      row.persistent = persistent_.count(row.raw_uuid) > 0;
      row.autostart = autostart_.count(row.raw_uuid) > 0;
      const auto state = states_.find(row.raw_uuid);
      if (state != states_.end()) {
        row.run = state->second;
      } else if (!AskState(row, connect)) {
        continue;
      }
      complete.push_back(std::move(row));
    }
    return complete;
  }

  static bool AskState(DomainRow& row, virConnectPtr connect) {
    try {
      const Owned<virDomain> domain(LV_CALL(virDomainLookupByUUIDString, connect, row.identity.second.c_str()));
      LV_CALL(virDomainGetState, domain.get(), &row.run.state, &row.run.reason, 0);
      return true;
    } catch (const Failure& failure) {
      if (IsVanished(failure)) return false;
      throw;
    }
  }

  const unsigned list_flags_;
  const unsigned xml_flags_;
  Uuids persistent_;
  Uuids autostart_;
  std::unordered_map<std::string, RunState> states_;
};

class NWFiltersWalk final : public FanOut<virNWFilter, NamedXML> {
 public:
  explicit NWFiltersWalk(Answer answer) : FanOut(std::move(answer), 0) {}

 private:
  std::vector<Owned<virNWFilter>> List(virConnectPtr connect) override {
    return TakeList<virNWFilter>("virConnectListAllNWFilters", [&](virNWFilterPtr** list) {
      return virConnectListAllNWFilters(connect, list, 0);
    });
  }
  NamedXML Read(virNWFilterPtr filter) override {
    return {"name", "uuid", Identify(filter), TakeString(LV_CALL(virNWFilterGetXMLDesc, filter, 0))};
  }
};

class BindingsWalk final : public FanOut<virNWFilterBinding, NamedXML> {
 public:
  explicit BindingsWalk(Answer answer) : FanOut(std::move(answer), 0) {}

 private:
  std::vector<Owned<virNWFilterBinding>> List(virConnectPtr connect) override {
    return TakeList<virNWFilterBinding>("virConnectListAllNWFilterBindings", [&](virNWFilterBindingPtr** list) {
      return virConnectListAllNWFilterBindings(connect, list, 0);
    });
  }
  NamedXML Read(virNWFilterBindingPtr binding) override {
    return {"portDev", "filterName", Identify(binding), TakeString(LV_CALL(virNWFilterBindingGetXMLDesc, binding, 0))};
  }
};

// The listing itself can fail, on the worker that starts the walk.
template <class Walk, class... Arguments>
auto WalkOf(const StatePtr& state, Arguments... arguments) {
  return [=](const Answer& answer, size_t worker) {
    try {
      const Site site = state->At(worker);
      std::make_shared<Walk>(answer, arguments...)->Start(site);
    } catch (const Failure& failure) {
      answer.Reject(failure.info());
    }
  };
}

}  // namespace

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
              WalkOf<DomainsWalk>(state_, args.UInt(0, "listFlags"), args.UInt(1, "xmlFlags")));
}

Napi::Value Connection::GetAllNWFiltersXML(Info info) {
  return Post(info, state_, Lane::kQuick, 0, EnvData::Of(info.Env()).NextId(), WalkOf<NWFiltersWalk>(state_));
}

Napi::Value Connection::GetAllNWFilterBindingsXML(Info info) {
  return Post(info, state_, Lane::kQuick, 0, EnvData::Of(info.Env()).NextId(), WalkOf<BindingsWalk>(state_));
}

}  // namespace lv
