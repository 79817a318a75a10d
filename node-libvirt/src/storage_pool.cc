#include "storage_pool.h"

#include "args.h"
#include "storage_vol.h"

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct PoolInfo {
  virStoragePoolInfo data{};
};

Napi::Value ToJs(Napi::Env env, const PoolInfo& result) {
  const virStoragePoolInfo& data = result.data;
  return ObjectOf(env, {{"state", ToJs(env, data.state)},
                        {"capacity", Number(env, static_cast<double>(data.capacity))},
                        {"allocation", Number(env, static_cast<double>(data.allocation))},
                        {"available", Number(env, static_cast<double>(data.available))}});
}

}  // namespace

Napi::Value StoragePool::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virStoragePoolPtr pool) {
    return TakeString(LV_CALL(virStoragePoolGetXMLDesc, pool, flags));
  });
}

Napi::Value StoragePool::GetInfo(Info info) {
  return Call(info, Lane::kQuick, [](virStoragePoolPtr pool) {
    PoolInfo result;
    LV_CALL(virStoragePoolGetInfo, pool, &result.data);
    return result;
  });
}

Napi::Value StoragePool::IsActive(Info info) {
  return Call(info, Lane::kQuick, [](virStoragePoolPtr pool) { return LV_CALL(virStoragePoolIsActive, pool) == 1; });
}

Napi::Value StoragePool::Refresh(Info info) {
  return Call(info, Lane::kSlow, [flags = Args(info).Flags(0)](virStoragePoolPtr pool) { LV_CALL(virStoragePoolRefresh, pool, flags); });
}

Napi::Value StoragePool::Build(Info info) {
  return Call(info, Lane::kSlow, [flags = Args(info).Flags(0)](virStoragePoolPtr pool) { LV_CALL(virStoragePoolBuild, pool, flags); });
}

Napi::Value StoragePool::Create(Info info) {
  return Call(info, Lane::kSlow, [flags = Args(info).Flags(0)](virStoragePoolPtr pool) { LV_CALL(virStoragePoolCreate, pool, flags); });
}

Napi::Value StoragePool::Destroy(Info info) {
  return Call(info, Lane::kSlow, [](virStoragePoolPtr pool) { LV_CALL(virStoragePoolDestroy, pool); });
}

Napi::Value StoragePool::Delete(Info info) {
  return Call(info, Lane::kSlow, [flags = Args(info).Flags(0)](virStoragePoolPtr pool) { LV_CALL(virStoragePoolDelete, pool, flags); });
}

Napi::Value StoragePool::Undefine(Info info) {
  return Call(info, Lane::kSlow, [](virStoragePoolPtr pool) { LV_CALL(virStoragePoolUndefine, pool); });
}

Napi::Value StoragePool::ListAllVolumes(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virStoragePoolPtr pool, const Site& site) {
    return ListHandles<virStorageVol>(site, "virStoragePoolListAllVolumes", [&](virStorageVolPtr** list) {
      return virStoragePoolListAllVolumes(pool, list, flags);
    });
  });
}

Napi::Value StoragePool::LookupVolByName(Info info) {
  return Call(info, Lane::kQuick, [name = Args(info).String(0, "name")](virStoragePoolPtr pool, const Site& site) {
    return Adopt(site, LV_CALL(virStorageVolLookupByName, pool, name.c_str()));
  });
}

Napi::Value StoragePool::CreateVolXML(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow,
              [xml = args.String(0, "xml"), flags = args.Flags(1)](virStoragePoolPtr pool, const Site& site) {
                return Adopt(site, LV_CALL(virStorageVolCreateXML, pool, xml.c_str(), flags));
              });
}

Napi::Value StoragePool::CreateVolXMLFrom(Info info) {
  const Args args(info);
  const HandlePtr<virStorageVol> source = StorageVol::Of(args.Object(1, "vol"));
  // Another connection's volume could be freed under the call: only our own connection waits for it.
  if (source->state() != Live(info.Env())->state()) throw Napi::TypeError::New(info.Env(), "vol belongs to another connection");
  return Call(info, Lane::kSlow,
              [source, xml = args.String(0, "xml"), flags = args.Flags(2)](virStoragePoolPtr pool, const Site& site) {
                return Adopt(site, LV_CALL(virStorageVolCreateXMLFrom, pool, xml.c_str(), source->On(site), flags));
              });
}


void StoragePool::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "StoragePool",
      {
          InstanceMethod("isClosed", &StoragePool::IsClosed),
          InstanceMethod("close", &StoragePool::Close),
          InstanceMethod<&StoragePool::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&StoragePool::GetInfo>("getInfo"),
          InstanceMethod<&StoragePool::IsActive>("isActive"),
          InstanceMethod<&StoragePool::Refresh>("refresh"),
          InstanceMethod<&StoragePool::Build>("build"),
          InstanceMethod<&StoragePool::Create>("create"),
          InstanceMethod<&StoragePool::Destroy>("destroy"),
          InstanceMethod<&StoragePool::Delete>("delete"),
          InstanceMethod<&StoragePool::Undefine>("undefine"),
          InstanceMethod<&StoragePool::ListAllVolumes>("listAllVolumes"),
          InstanceMethod<&StoragePool::LookupVolByName>("lookupVolByName"),
          InstanceMethod<&StoragePool::CreateVolXML>("createVolXML"),
          InstanceMethod<&StoragePool::CreateVolXMLFrom>("createVolXMLFrom"),
      });
  EnvData::Of(env).SetClass(Class::kStoragePool, constructor);
  exports.Set("StoragePool", constructor);
}

}  // namespace lv
