#include "storage_vol.h"

#include "args.h"

namespace lv {

namespace {

using lv::ToJs;  // or those below would hide it

struct VolumeInfo {
  virStorageVolInfo data{};
};

Napi::Value ToJs(Napi::Env env, const VolumeInfo& result) {
  const virStorageVolInfo& data = result.data;
  return ObjectOf(env, {{"type", ToJs(env, data.type)},
                        {"capacity", Number(env, static_cast<double>(data.capacity))},
                        {"allocation", Number(env, static_cast<double>(data.allocation))}});
}

}  // namespace

Napi::Value StorageVol::GetPath(Info info) {
  return Call(info, Lane::kQuick,
              [](virStorageVolPtr volume) { return TakeString(LV_CALL(virStorageVolGetPath, volume)); });
}

Napi::Value StorageVol::GetInfo(Info info) {
  return Call(info, Lane::kQuick, [](virStorageVolPtr volume) {
    VolumeInfo result;
    LV_CALL(virStorageVolGetInfo, volume, &result.data);
    return result;
  });
}

Napi::Value StorageVol::GetXMLDesc(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virStorageVolPtr volume) {
    return TakeString(LV_CALL(virStorageVolGetXMLDesc, volume, flags));
  });
}

Napi::Value StorageVol::Delete(Info info) {
  return Call(info, Lane::kSlow, [flags = Args(info).Flags(0)](virStorageVolPtr volume) { LV_CALL(virStorageVolDelete, volume, flags); });
}

Napi::Value StorageVol::Resize(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow,
              [capacity = args.UInt64(0, "capacity"), flags = args.Flags(1)](virStorageVolPtr volume) {
                LV_CALL(virStorageVolResize, volume, capacity, flags);
              });
}


void StorageVol::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "StorageVol",
      {
          InstanceMethod("isClosed", &StorageVol::IsClosed),
          InstanceMethod("close", &StorageVol::Close),
          InstanceMethod<&StorageVol::GetPath>("getPath"),
          InstanceMethod<&StorageVol::GetInfo>("getInfo"),
          InstanceMethod<&StorageVol::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&StorageVol::Delete>("delete"),
          InstanceMethod<&StorageVol::Resize>("resize"),
      });
  EnvData::Of(env).SetClass(Class::kStorageVol, constructor);
  exports.Set("StorageVol", constructor);
}

}  // namespace lv
