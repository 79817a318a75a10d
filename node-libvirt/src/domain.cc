#include "domain.h"

#include <libvirt/libvirt-qemu.h>

#include "args.h"
#include "destination.h"
#include "typed_params.h"

namespace lv {

namespace {

// virDomainX(domain, xml or alias, flags)
template <auto Function>
auto WithTextAndFlags(const char* call, const Args& args, const char* name) {
  return [call, text = args.String(0, name), flags = args.Flags(1)](virDomainPtr domain) {
    Check(call, Function(domain, text.c_str(), flags));
  };
}

// virDomainX(domain, flags)
template <auto Function>
auto WithFlags(const char* call, const Args& args) {
  return [call, flags = args.Flags(0)](virDomainPtr domain) { Check(call, Function(domain, flags)); };
}

// virDomainX(domain)
template <auto Function>
auto Plain(const char* call) {
  return [call](virDomainPtr domain) { Check(call, Function(domain)); };
}

}  // namespace

#define LV_FLAGS(function) WithFlags<function>(#function, Args(info))
#define LV_TEXT(function, name) WithTextAndFlags<function>(#function, Args(info), name)
#define LV_PLAIN(function) Plain<function>(#function)

Napi::Value Domain::Create(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainCreateWithFlags)); }

Napi::Value Domain::Shutdown(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainShutdownFlags)); }

Napi::Value Domain::Destroy(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainDestroyFlags)); }

Napi::Value Domain::Suspend(Info info) { return Call(info, Lane::kSlow, LV_PLAIN(virDomainSuspend)); }

Napi::Value Domain::Resume(Info info) { return Call(info, Lane::kSlow, LV_PLAIN(virDomainResume)); }

Napi::Value Domain::Reboot(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainReboot)); }

Napi::Value Domain::Reset(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainReset)); }

Napi::Value Domain::Undefine(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainUndefineFlags)); }

Napi::Value Domain::ManagedSave(Info info) { return Call(info, Lane::kSlow, LV_FLAGS(virDomainManagedSave)); }

Napi::Value Domain::ManagedSaveRemove(Info info) {
  return Call(info, Lane::kQuick, LV_FLAGS(virDomainManagedSaveRemove));
}

Napi::Value Domain::ManagedSaveDefineXML(Info info) {
  return Call(info, Lane::kQuick, LV_TEXT(virDomainManagedSaveDefineXML, "dxml"));
}

Napi::Value Domain::SetAutostart(Info info) {
  return Call(info, Lane::kQuick, [on = Args(info).Bool(0, "on")](virDomainPtr domain) {
    LV_CALL(virDomainSetAutostart, domain, on ? 1 : 0);
  });
}

Napi::Value Domain::SetMetadata(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [type = args.Int(0, "type"), metadata = args.OptionalString(1, "metadata"),
               key = args.OptionalString(2, "key"), uri = args.OptionalString(3, "uri"),
               flags = args.Flags(4)](virDomainPtr domain) {
                LV_CALL(virDomainSetMetadata, domain, type, CString(metadata), CString(key), CString(uri), flags);
              });
}

Napi::Value Domain::AttachDevice(Info info) {
  return Call(info, Lane::kSlow, LV_TEXT(virDomainAttachDeviceFlags, "xml"));
}

Napi::Value Domain::DetachDevice(Info info) {
  return Call(info, Lane::kSlow, LV_TEXT(virDomainDetachDeviceFlags, "xml"));
}

Napi::Value Domain::DetachDeviceAlias(Info info) {
  return Call(info, Lane::kSlow, LV_TEXT(virDomainDetachDeviceAlias, "alias"));
}

Napi::Value Domain::UpdateDevice(Info info) {
  return Call(info, Lane::kSlow, LV_TEXT(virDomainUpdateDeviceFlags, "xml"));
}

// Memory and processors of a running guest wait for the guest.
Napi::Value Domain::SetMemory(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow, [kib = args.UInt64(0, "kib"), flags = args.Flags(1)](virDomainPtr domain) {
    LV_CALL(virDomainSetMemoryFlags, domain, kib, flags);
  });
}

Napi::Value Domain::SetVcpus(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow, [count = args.UInt(0, "count"), flags = args.Flags(1)](virDomainPtr domain) {
    LV_CALL(virDomainSetVcpusFlags, domain, count, flags);
  });
}

Napi::Value Domain::BlockResize(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow,
              [disk = args.String(0, "disk"), size = args.UInt64(1, "size"),
               flags = args.Flags(2)](virDomainPtr domain) {
                LV_CALL(virDomainBlockResize, domain, disk.c_str(), size, flags);
              });
}

Napi::Value Domain::MigrateToURI3(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow,
              [uri = args.OptionalString(0, "destUri"), params = ReadParams(args.Object(1, "params")),
               flags = args.Flags(2)](virDomainPtr domain) {
                TypedParams built;
                built.Build(params);
                LV_CALL(virDomainMigrateToURI3, domain, CString(uri), built.params,
                        static_cast<unsigned>(built.count), flags);
              });
}

Napi::Value Domain::Migrate3(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow,
              [uri = args.String(0, "destUri"), params = ReadParams(args.Object(1, "params")),
               flags = args.Flags(2)](virDomainPtr domain) {
                TypedParams built;
                built.Build(params);
                const Destination destination(uri);
                const Owned<virDomain> arrived(LV_CALL(virDomainMigrate3, domain, destination.get(), built.params,
                                                       static_cast<unsigned>(built.count), flags));
              });
}

// Quick, as are those that steer a migration: they have to get past the call that is under way.
Napi::Value Domain::MigrateSetMaxSpeed(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [speed = args.UInt64(0, "mebibytesPerSecond"), flags = args.Flags(1)](virDomainPtr domain) {
                LV_CALL(virDomainMigrateSetMaxSpeed, domain, speed, flags);
              });
}

Napi::Value Domain::MigrateGetMaxSpeed(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    unsigned long speed = 0;
    LV_CALL(virDomainMigrateGetMaxSpeed, domain, &speed, flags);
    return static_cast<double>(speed);
  });
}

Napi::Value Domain::MigrateSetMaxDowntime(Info info) {
  const Args args(info);
  return Call(info, Lane::kQuick,
              [downtime = args.UInt64(0, "milliseconds"), flags = args.Flags(1)](virDomainPtr domain) {
                LV_CALL(virDomainMigrateSetMaxDowntime, domain, downtime, flags);
              });
}

Napi::Value Domain::MigrateGetMaxDowntime(Info info) {
  return Call(info, Lane::kQuick, [flags = Args(info).Flags(0)](virDomainPtr domain) {
    unsigned long long downtime = 0;
    LV_CALL(virDomainMigrateGetMaxDowntime, domain, &downtime, flags);
    return static_cast<double>(downtime);
  });
}

Napi::Value Domain::MigrateStartPostCopy(Info info) {
  return Call(info, Lane::kQuick, LV_FLAGS(virDomainMigrateStartPostCopy));
}

Napi::Value Domain::AbortJob(Info info) { return Call(info, Lane::kQuick, LV_PLAIN(virDomainAbortJob)); }

Napi::Value Domain::Rename(Info info) {
  return Call(info, Lane::kQuick, LV_TEXT(virDomainRename, "newName"));
}

Napi::Value Domain::QemuMonitorCommand(Info info) {
  const Args args(info);
  return Call(info, Lane::kSlow, [command = args.String(0, "cmd"), flags = args.Flags(1)](virDomainPtr domain) {
    char* result = nullptr;
    LV_CALL(virDomainQemuMonitorCommand, domain, command.c_str(), &result, flags);
    return TakeString(result);
  });
}

void Domain::Init(Napi::Env env, Napi::Object exports) {
  const Napi::Function constructor = DefineClass(
      env, "Domain",
      {
          InstanceMethod("isClosed", &Domain::IsClosed),
          InstanceMethod("close", &Domain::Close),
          InstanceMethod<&Domain::Create>("create"),
          InstanceMethod<&Domain::Shutdown>("shutdown"),
          InstanceMethod<&Domain::Destroy>("destroy"),
          InstanceMethod<&Domain::Suspend>("suspend"),
          InstanceMethod<&Domain::Resume>("resume"),
          InstanceMethod<&Domain::Reboot>("reboot"),
          InstanceMethod<&Domain::Reset>("reset"),
          InstanceMethod<&Domain::Undefine>("undefine"),
          InstanceMethod<&Domain::ManagedSave>("managedSave"),
          InstanceMethod<&Domain::ManagedSaveRemove>("managedSaveRemove"),
          InstanceMethod<&Domain::ManagedSaveDefineXML>("managedSaveDefineXML"),
          InstanceMethod<&Domain::SetAutostart>("setAutostart"),
          InstanceMethod<&Domain::SetMetadata>("setMetadata"),
          InstanceMethod<&Domain::AttachDevice>("attachDevice"),
          InstanceMethod<&Domain::DetachDevice>("detachDevice"),
          InstanceMethod<&Domain::DetachDeviceAlias>("detachDeviceAlias"),
          InstanceMethod<&Domain::UpdateDevice>("updateDevice"),
          InstanceMethod<&Domain::SetMemory>("setMemory"),
          InstanceMethod<&Domain::SetVcpus>("setVcpus"),
          InstanceMethod<&Domain::BlockResize>("blockResize"),
          InstanceMethod<&Domain::MigrateToURI3>("migrateToURI3"),
          InstanceMethod<&Domain::Migrate3>("migrate3"),
          InstanceMethod<&Domain::MigrateGetMaxSpeed>("migrateGetMaxSpeed"),
          InstanceMethod<&Domain::MigrateSetMaxSpeed>("migrateSetMaxSpeed"),
          InstanceMethod<&Domain::MigrateGetMaxDowntime>("migrateGetMaxDowntime"),
          InstanceMethod<&Domain::MigrateSetMaxDowntime>("migrateSetMaxDowntime"),
          InstanceMethod<&Domain::MigrateStartPostCopy>("migrateStartPostCopy"),
          InstanceMethod<&Domain::AbortJob>("abortJob"),
          InstanceMethod<&Domain::Rename>("rename"),
          InstanceMethod<&Domain::QemuMonitorCommand>("qemuMonitorCommand"),
          InstanceMethod<&Domain::GetID>("getID"),
          InstanceMethod<&Domain::GetName>("getName"),
          InstanceMethod<&Domain::GetXMLDesc>("getXMLDesc"),
          InstanceMethod<&Domain::GetState>("getState"),
          InstanceMethod<&Domain::GetInfo>("getInfo"),
          InstanceMethod<&Domain::IsActive>("isActive"),
          InstanceMethod<&Domain::IsPersistent>("isPersistent"),
          InstanceMethod<&Domain::HasManagedSaveImage>("hasManagedSaveImage"),
          InstanceMethod<&Domain::ManagedSaveGetXMLDesc>("managedSaveGetXMLDesc"),
          InstanceMethod<&Domain::GetAutostart>("getAutostart"),
          InstanceMethod<&Domain::GetMetadata>("getMetadata"),
          InstanceMethod<&Domain::InterfaceStats>("interfaceStats"),
          InstanceMethod<&Domain::InterfaceAddresses>("interfaceAddresses"),
          InstanceMethod<&Domain::GetJobStats>("getJobStats"),
      });
  EnvData::Of(env).SetClass(Class::kDomain, constructor);
  exports.Set("Domain", constructor);
}

}  // namespace lv
