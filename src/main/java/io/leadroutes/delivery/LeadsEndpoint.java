package io.leadroutes.delivery;

import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Claims the due deliveries of one sink, hands them to a route, and settles them when it ends. */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "leads",
    title = "Leads",
    syntax = "leads:sink",
    consumerOnly = true,
    category = {Category.SAAS})
public class LeadsEndpoint extends DefaultEndpoint {

  @UriPath(description = "Name of the sink, as in lead.sinks.")
  @Metadata(required = true)
  private String sink;

  @UriParam(
      defaultValue = "1",
      description =
          "Deliveries an exchange at most. With 1 the body is a Delivery, above it a List of"
              + " deliveries of one account.")
  private int batchSize = 1;

  @UriParam(
      defaultValue = "1",
      description =
          "Exchanges at the same time; where there are more accounts, one for each, up to 32. No"
              + " account has more than half of them.")
  private int concurrentConsumers = 1;

  @UriParam(
      defaultValue = "0",
      description =
          "Deliveries a second of an account, or of a place, with a burst of 5; the pace is kept"
              + " before claiming. 0 is no pace.")
  private double perSecond;

  @UriParam(
      description =
          "Bean that says perSecond for the name of an account, where accounts differ; it takes the"
              + " place of perSecond.")
  private ToDoubleFunction<String> pace;

  @UriParam(
      description =
          "Bean that names the place the leads of an account go to, as a channel or a file. A place"
              + " belongs to one process at a time and has one pace, whichever accounts go there.")
  private UnaryOperator<String> place;

  @UriParam(
      defaultValue = "false",
      description =
          "Whether the route gets a lead again that changed after it was delivered, with a higher"
              + " version. Without it each lead comes once.")
  private boolean updates;

  @UriParam(
      defaultValue = "false",
      description =
          "Whether the route looks first when a delivery says lookFirst. Without it an unknown"
              + " outcome becomes a dead letter.")
  private boolean lookup;

  public LeadsEndpoint() {}

  LeadsEndpoint(String uri, Component component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException(
        "leads: starts a route; a route delivers by talking to its sink, not by sending to"
            + " leads:.");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    if (batchSize < 1 || concurrentConsumers < 1 || perSecond < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "leads:%s: batchSize and concurrentConsumers are at least 1, perSecond at least 0.",
              sink));
    }
    LeadsConsumer consumer = new LeadsConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  /** How many deliveries a second are for this account; 0 is no pace. */
  double perSecond(String account) {
    return pace == null ? perSecond : pace.applyAsDouble(account);
  }

  /** Where the leads of this account go, or null where processes need not keep apart. */
  String place(String account) {
    return place == null ? null : sink + " " + place.apply(account);
  }

  @Override
  public LeadsComponent getComponent() {
    return (LeadsComponent) super.getComponent();
  }

  public String getSink() {
    return sink;
  }

  public void setSink(String sink) {
    this.sink = sink;
  }

  public int getBatchSize() {
    return batchSize;
  }

  public void setBatchSize(int batchSize) {
    this.batchSize = batchSize;
  }

  public int getConcurrentConsumers() {
    return concurrentConsumers;
  }

  public void setConcurrentConsumers(int concurrentConsumers) {
    this.concurrentConsumers = concurrentConsumers;
  }

  public double getPerSecond() {
    return perSecond;
  }

  public void setPerSecond(double perSecond) {
    this.perSecond = perSecond;
  }

  public ToDoubleFunction<String> getPace() {
    return pace;
  }

  public void setPace(ToDoubleFunction<String> pace) {
    this.pace = pace;
  }

  public UnaryOperator<String> getPlace() {
    return place;
  }

  public void setPlace(UnaryOperator<String> place) {
    this.place = place;
  }

  public boolean isUpdates() {
    return updates;
  }

  public void setUpdates(boolean updates) {
    this.updates = updates;
  }

  public boolean isLookup() {
    return lookup;
  }

  public void setLookup(boolean lookup) {
    this.lookup = lookup;
  }
}
