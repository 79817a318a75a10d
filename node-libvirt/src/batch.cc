#include <unordered_set>

#include "args.h"
#include "connection.h"
#include "fan_out.h"
#include "handle.h"
#include "values.h"

// All filters, or bindings, with their XML: one hop from JS.

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

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

class NWFiltersWalk final : public FanOut<virNWFilter, NamedXML> {
 public:
  NWFiltersWalk(Answer answer, std::unordered_set<std::string> known)
      : FanOut(std::move(answer), 0, known.size()), known_(std::move(known)) {}

 private:
  std::vector<Owned<virNWFilter>> List(virConnectPtr connect) override {
    return TakeList<virNWFilter>("virConnectListAllNWFilters", [&](virNWFilterPtr** list) {
      return virConnectListAllNWFilters(connect, list, 0);
    });
  }
  NamedXML Read(virNWFilterPtr filter) override {
    Identity identity = Identify(filter);
    std::string xml;
    if (known_.count(identity.first) == 0) xml = TakeString(LV_CALL(virNWFilterGetXMLDesc, filter, 0));
    return {"name", "uuid", std::move(identity), std::move(xml)};
  }

  // Filters by their names, of which the caller has the XML.
  const std::unordered_set<std::string> known_;
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

}  // namespace

Napi::Value Connection::GetAllNWFiltersXML(Info info) {
  return Post(info, state_, Lane::kQuick, 0, EnvData::Of(info.Env()).NextId(),
              WalkOf<NWFiltersWalk>(state_, Args(info).Strings(0, "known")));
}

Napi::Value Connection::GetAllNWFilterBindingsXML(Info info) {
  return Post(info, state_, Lane::kQuick, 0, EnvData::Of(info.Env()).NextId(), WalkOf<BindingsWalk>(state_));
}

}  // namespace lv
