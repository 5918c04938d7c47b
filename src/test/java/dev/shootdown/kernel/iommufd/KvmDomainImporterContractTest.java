package dev.shootdown.kernel.iommufd;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.protocol.SharedTableImporterSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A domain as KVM sees it. */
class KvmDomainImporterContractTest {
  private static PartHarness<KvmDomain.Command> domain(KvmDomainSpec.Hook hook) {
    KvmDomainSpec spec =
        new KvmDomainSpec(hook, 3, 1, 10, 20, KvmDomainSpec.OnRetry.LOOP, 500, 18);
    return new PartHarness<>(
        new RecordingCtx<KvmDomain.Command>("domain")
            .withPorts("emulators", 1).withPorts("tables", 1),
        ctx -> KvmDomain.create(spec, new KvmDomainLayout(77, 2), ctx));
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(KvmDomain.Command.class, () -> domain(KvmDomainSpec.Hook.CHAINED));
  }

  private abstract static class Page extends SharedTableImporterSideContract {
    private final KvmDomainSpec.Hook hook;

    Page(KvmDomainSpec.Hook hook) {
      this.hook = hook;
    }

    @Override
    protected Subject subject() {
      return new Imported(domain(hook));
    }
  }

  private static final class Imported implements SharedTableImporterSideContract.Subject {
    private final PartHarness<KvmDomain.Command> domain;
    private final ArrayDeque<Invalidation.Submit> submitted = new ArrayDeque<>();
    private final List<Integer> groups = new ArrayList<>();

    private Imported(PartHarness<KvmDomain.Command> domain) {
      this.domain = domain;
    }

    @Override
    public void hear(SharedTable.ToImporter message) {
      domain.tell(new KvmDomain.KvmSaid(message));
    }

    @Override
    public void deviceFaults(long page, int group) {
      domain.tell(new KvmDomain.Requested(
          new DeviceFaults.Raised(0, 0, 77, page, true, group, true, false)));
    }

    @Override
    public void settle() {
      domain.settle();
      for (Invalidation.Submit submit : domain.take("iommu", Invalidation.Submit.class)) {
        boolean response = false;
        for (Invalidation.Descriptor descriptor : submit.descriptors()) {
          if (descriptor instanceof Invalidation.PageResponse answer) {
            groups.add(answer.group());
            response = true;
          }
        }
        if (!response) {
          submitted.add(submit);
        }
      }
    }

    @Override
    public void iommuAnswers() {
      long nowPs = domain.nowPs();
      domain.tell(new KvmDomain.IommuAnswered(new Invalidation.Completed(
          submitted.remove().ticket(), nowPs, nowPs, nowPs, Invalidation.Status.DONE)));
    }

    @Override
    public List<SharedTable.ToKvm> takeSaid() {
      return domain.take("kvm", SharedTable.ToKvm.class);
    }

    @Override
    public List<Integer> takeAnsweredGroups() {
      List<Integer> answered = List.copyOf(groups);
      groups.clear();
      return answered;
    }

    @Override
    public int breaches() {
      return domain.marks(MachineFact.ProtocolBreach.class).size();
    }
  }

  @Nested
  class BehindAChain extends Page {
    BehindAChain() {
      super(KvmDomainSpec.Hook.CHAINED);
    }
  }

  @Nested
  class HookedDirectly extends Page {
    HookedDirectly() {
      super(KvmDomainSpec.Hook.DIRECT);
    }
  }
}
